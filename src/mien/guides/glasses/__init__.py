"""Glasses: where frames, lenses, reflections and shadows are, and what lies behind them."""
