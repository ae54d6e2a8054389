"""Campaigns: a play sent once to a segment, a list or everybody; docs/plays.md tells how."""
