"""Figures, computed from sums: rules that read nothing."""
