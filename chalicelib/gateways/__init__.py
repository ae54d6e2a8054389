"""AWS edges: each a Protocol, the real thing, and a recording twin for tests. Nothing here decides."""
