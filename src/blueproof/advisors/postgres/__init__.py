"""advisors/postgres"""
