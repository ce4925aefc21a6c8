"""Ways to find directions in the space of codes, and what a direction changes, measured."""
