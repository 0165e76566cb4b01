"""Pages and endpoints of wallets and verifiers."""
