"""The citizen code: one code for gates, libraries, clinics and counters."""
