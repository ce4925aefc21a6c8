"""Reading and writing photos without losing anything: depth, profile, EXIF, alpha, untouched pixels."""
