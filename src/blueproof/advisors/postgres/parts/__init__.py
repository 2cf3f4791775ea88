"""advisors/postgres/parts"""
