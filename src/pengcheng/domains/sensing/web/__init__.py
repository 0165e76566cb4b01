"""The ways into sensing: REST and pages."""
