"""Hair: its matte, hair of others, longer, shorter, fringes, and what hair hides or leaves bare."""
