"""A slow query told without its schema: tables, rows and a query that show what the words tell."""
