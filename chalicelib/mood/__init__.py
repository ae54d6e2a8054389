"""How does it sound?"""
