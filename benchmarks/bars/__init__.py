"""The project's bars: what is asked of the bundled editor, and whether it is met. ``python -m benchmarks.bars``."""
