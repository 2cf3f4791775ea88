"""Schema, query, statistics and plan as data; reads text, opens no connection."""
