"""Server-rendered pages for people: nothing from elsewhere, no script that is needed, readable on any screen."""
