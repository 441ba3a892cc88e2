"""Pages of handovers, of raisings off the list, and of partners."""
