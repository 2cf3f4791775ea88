"""What a database is asked, how often and how long: SQL files, statistics, logs, in any usual form.

`read_workload` reads a text, `from_statement_rows` rows of pg_stat_statements, `write_queries`
writes what was read as a file of SQL, `fingerprint` tells when two texts are one query.
"""

from blueproof.sql.workload.fingerprint import fingerprint
from blueproof.sql.workload.read import is_sql, read_counted, read_workload
from blueproof.sql.workload.statements_view import from_statement_rows
from blueproof.sql.workload.tally import MOST_QUERIES, QUIET
from blueproof.sql.workload.write import write_queries

__all__ = [
    "MOST_QUERIES",
    "QUIET",
    "fingerprint",
    "from_statement_rows",
    "is_sql",
    "read_counted",
    "read_workload",
    "write_queries",
]
