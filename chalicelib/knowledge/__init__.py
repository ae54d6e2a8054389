"""What we know: answers written once, for every channel."""
