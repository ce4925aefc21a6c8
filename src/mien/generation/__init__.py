"""Faces from words, maps, drawings and 3D shape: what MM2Latent is fed with, and how it is used."""
