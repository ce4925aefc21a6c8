"""Parts of a face that something hides, after its other half and other faces."""
