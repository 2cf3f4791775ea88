"""Which kind of store a request keeps its data in, as far as a design differs by it."""

import re
from typing import Literal

Store = Literal["postgres", "sql", "documents"]

_DOCUMENTS = re.compile(
    r"\b(?:mongo(?:db)?|firestore|firebase|dynamo ?db|convex|appwrite|pocketbase)\b", re.IGNORECASE
)
_SQL = re.compile(r"\b(?:sqlite|sql server|mssql|oracle)\b", re.IGNORECASE)
_MYSQL = re.compile(r"\b(?:mysql|mariadb)\b", re.IGNORECASE)
_POSTGRES = re.compile(r"\b(?:postgres\w*|pg|supabase|neon|rds|aurora)\b", re.IGNORECASE)


_STATEMENT = re.compile(
    r"\b(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (?:UNIQUE )?(?:INDEX|TABLE)"
    r"|ALTER TABLE|ON CONFLICT|RETURNING|SKIP LOCKED|FOREIGN KEY|EXCLUDE|GROUP BY|LATERAL)\b"
)


def fits(text: str, store: Store) -> bool:
    """Whether a sentence speaks to that store: SQL is nothing to documents.

    >>> fits("UPDATE channels SET last_seq = last_seq + 1", "documents")
    False
    """
    return store != "documents" or not _STATEMENT.search(text)


def store_of(request: str) -> Store:
    """The store that the request names: PostgreSQL where it is named or nothing else is.

    MySQL goes before it, since RDS and Aurora may be either.

    >>> [store_of(x) for x in ("on MySQL at RDS", "Firestore", "Firestore and Supabase", "an app")]
    ['sql', 'documents', 'postgres', 'postgres']
    """
    if _MYSQL.search(request):
        return "sql"
    if _POSTGRES.search(request):
        return "postgres"
    if _SQL.search(request):
        return "sql"
    return "documents" if _DOCUMENTS.search(request) else "postgres"
