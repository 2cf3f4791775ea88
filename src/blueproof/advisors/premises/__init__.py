"""What a person believes, judged against the facts: sums, quoted limits, common beliefs."""
