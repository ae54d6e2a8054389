"""Whom did we let down, and did we keep her?"""
