"""Everything that writes to cases. Each action takes `by=`, checks, and leaves history and trail in one transaction."""
