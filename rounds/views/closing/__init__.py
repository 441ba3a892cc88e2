"""The matrix, reading a list's answers, closing a round, carrying forward, commitments."""
