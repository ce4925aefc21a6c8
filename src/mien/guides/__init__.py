"""Pixels that are moved, dyed, borrowed or healed: guides for an edit, made without a generator."""
