"""Networks that look at faces: detector, landmarks."""
