"""What is watched of a system that is there: which signals wake somebody, which wait."""
