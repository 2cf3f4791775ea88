"""What an expert sees in a plan that was run."""
