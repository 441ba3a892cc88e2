"""The demonstration: two dialogues, a desk in use for years, and persons none of whom exists."""
