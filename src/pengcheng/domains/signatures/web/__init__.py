"""Pages and addresses of the signatures."""
