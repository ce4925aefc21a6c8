"""What the three editing stages train on: pictures, masks and modalities, dropped at random."""
