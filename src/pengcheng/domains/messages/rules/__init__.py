"""What is decided about messages: templates, quiet hours, retries."""
