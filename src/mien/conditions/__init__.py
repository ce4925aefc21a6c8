"""Everything a user can say about a face: extracted from a photo, painted, checked, dropped and drawn.

One module per modality; ``layers`` has the 26 channels that the networks see, ``folder`` the files that users repaint.
"""
