"""One file per loss, the equation number above the formula."""
