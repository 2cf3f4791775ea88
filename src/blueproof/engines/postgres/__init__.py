"""engines/postgres"""
