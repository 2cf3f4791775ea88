"""A request that no advisor owns: what is known all the same, and what would be needed."""
