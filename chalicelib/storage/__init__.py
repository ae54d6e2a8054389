"""The single table, and the only room that imports pynamodb."""
