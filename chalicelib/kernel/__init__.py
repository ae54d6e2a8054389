"""Words every room shares: standard library only, no AWS, no state."""
