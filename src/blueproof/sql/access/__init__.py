"""Who may reach which rows, as policies, keys and functions of a schema tell."""
