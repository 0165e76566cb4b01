"""The use cases of command: raising, moving and reading incidents."""
