"""Use cases of the services: load, find, fill in, submit, follow."""
