"""Decisions about wallets and verifiers."""
