"""Measurements: accuracy of the face finders, speed as ratios against a named reference in the same process."""
