"""Estimated sizes of indexes, held against indexes that the server has built."""
