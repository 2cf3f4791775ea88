"""advisors/postgres/rules"""
