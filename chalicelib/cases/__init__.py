"""Contacts, the cases they belong to, and what was promised for them."""
