"""Passes over all customers, in parts that stop and go on: docs/architecture.md tells how."""
