"""Pilots: planned beforehand, read honestly, widened or stopped with the evidence kept."""
