"""Customers who belong together: which, since when, and what they are worth in sum."""
