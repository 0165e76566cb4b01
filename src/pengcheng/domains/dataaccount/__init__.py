"""Payments: orders, an operator of e-CNY behind a port, and the double-entry book."""
