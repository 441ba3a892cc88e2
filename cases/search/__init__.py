"""Finding cases: by reference, by name in any script, and the likely same person."""
