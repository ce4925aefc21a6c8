"""Published networks that judge pictures: features, distances, identities. Layers are named as in the published files.

A network has those of these methods that it is good for; all take pictures (B, 3, H, W) in [-1, 1]:
``embed(pictures)`` -> (B, D), ``distance(a, b)`` -> (B,), ``pyramid(pictures)`` -> maps, each half the size of the one
before. :func:`mien.checkpoints.judges.load_judge` reads them from files.
"""
