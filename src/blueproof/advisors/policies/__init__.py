"""IAM policies that were pasted or told: what they let through, and one that is narrow enough."""
