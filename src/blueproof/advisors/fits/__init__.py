"""The person's own figures held against the limits of what they name: what fits, what does not."""
