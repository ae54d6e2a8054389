"""Automation: what happened is told to others, and rules act on it."""
