"""Who may call the functions of a Convex back end, read from its code: attacks, and weakenings."""
