"""The web editor and the HTTP API (docs/api.md). Nothing here is imported but by ``mien serve`` and its tests."""
