"""Reaching out first: whom, about what, when, and whom not."""
