"""Where weights live: our own folders, and importers for foreign files."""
