"""Extensions whose functions queries call, so that they are made before the tables."""

import re

_OF: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{calls})\s*\(", re.IGNORECASE))
    for name, calls in (
        ("unaccent", "unaccent"),
        ("pg_trgm", "(?:strict_)?(?:word_)?similarity|unaccent"),  # whose index holds trigrams
        ("fuzzystrmatch", "levenshtein(?:_less_equal)?|soundex|difference|d?metaphone"),
        ("cube", "earth_distance|ll_to_earth|earth_box"),
        ("earthdistance", "earth_distance|ll_to_earth|earth_box"),
        ("pgcrypto", "crypt|gen_salt|digest|hmac"),
        ("tablefunc", "crosstab\\d?|connectby"),
    )
)


def extensions(queries: tuple[str, ...]) -> tuple[str, ...]:
    """DDL of the extensions that queries call or indexes name, in the order of their needs.

    >>> extensions(("SELECT 1 FROM t WHERE unaccent(name) = 'x'",))
    ('CREATE EXTENSION IF NOT EXISTS unaccent', 'CREATE EXTENSION IF NOT EXISTS pg_trgm')
    """
    texts = (*queries, "similarity(" if any("gin_trgm_ops" in q for q in queries) else "")
    named = (name for name, calls in _OF if any(calls.search(text) for text in texts))
    return tuple(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in named)
