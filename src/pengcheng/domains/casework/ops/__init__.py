"""Use cases of casework: permit, rule, rows, journal and event, in one transaction."""
