"""Healing: what surroundings predict, damage of prints, even skin, wrinkles."""
