"""Whole runs as Python functions: how every bundled weight came to be."""
