"""Pure rules of the licences."""
