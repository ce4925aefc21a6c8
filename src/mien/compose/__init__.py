"""How pixels from elsewhere are put into a photo: colours at the seam, the light of what was there. No networks."""
