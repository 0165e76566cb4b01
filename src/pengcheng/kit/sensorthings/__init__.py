"""SensorThings API 1.1 (OGC 18-088) without a store: its model, its addresses and its queries."""
