"""Bytes to text and files: structure, headers, charsets, and what a mail can contain (RFC 5322, 2045 to 2047, 2231)."""
