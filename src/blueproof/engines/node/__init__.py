"""Node services, really started and stopped."""
