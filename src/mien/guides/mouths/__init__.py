"""Mouths, lips and teeth: moved, drawn, borrowed, shut."""
