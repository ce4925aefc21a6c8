"""Windows of faces at the photo's scale, for the window painter."""
