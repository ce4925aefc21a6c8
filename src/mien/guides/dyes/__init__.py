"""Dyes: regions that take on a wished color, and the borders that they have."""
