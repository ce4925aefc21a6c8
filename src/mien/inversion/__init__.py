"""Inversion: what makes a generator draw a photo. A new method is one file and a line in ``methods.py``."""
