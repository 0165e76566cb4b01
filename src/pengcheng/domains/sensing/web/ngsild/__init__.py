"""NGSI-LD over HTTP (ETSI GS CIM 009 V1.9.1, clause 6), on the lean ASGI path."""
