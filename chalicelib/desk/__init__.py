"""The agents' desk: who gets which work next, and what becomes of it when she does not take it."""
