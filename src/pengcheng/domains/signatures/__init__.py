"""Signatures and seals (电子签名与电子印章): who may seal, the time, and what holds."""
