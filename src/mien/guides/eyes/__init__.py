"""Eyes and irises."""
