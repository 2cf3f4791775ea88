"""A query in words: read on the tables that are told, written, and held against a plain one."""
