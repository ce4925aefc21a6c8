"""Importers, one per foreign layout."""
