"""What wallets and verifiers do here."""
