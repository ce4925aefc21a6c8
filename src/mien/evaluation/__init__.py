"""Measuring: one file per metric. Every metric takes arrays or tensors; no metric reads a file or loads a network."""
