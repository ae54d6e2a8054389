"""Server-rendered pages for people: no script, no assets from elsewhere, readable on any screen."""
