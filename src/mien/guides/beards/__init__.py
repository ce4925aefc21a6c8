"""Beards: what lies under them, and beards of others."""
