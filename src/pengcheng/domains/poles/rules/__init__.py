"""What holds for poles, without a database."""
