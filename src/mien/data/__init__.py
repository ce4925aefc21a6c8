"""Datasets and shards."""
