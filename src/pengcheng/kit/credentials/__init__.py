"""Credentials that travel: signed tokens, selective disclosure (RFC 9901) and status lists."""
