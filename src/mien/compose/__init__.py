"""How pixels from elsewhere are put into a photo: colors at the seam, the light of what was there. No networks."""
