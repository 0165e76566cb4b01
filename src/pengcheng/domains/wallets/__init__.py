"""Wallets and verifiers: licences that are fetched, carried and shown (OpenID4VCI, OpenID4VP)."""
