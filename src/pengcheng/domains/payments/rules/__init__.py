"""What is decided about money: content, matching, signatures, the book."""
