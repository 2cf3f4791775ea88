"""Names as SQL must have them: quoted where PostgreSQL would read them otherwise."""

import re

from blueproof.core.scene import Excerpt

_PRINTED = re.compile(r'"(?:[^"]|"")*"|[^".]+')
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
# Words that cannot name a table or column bare. Source: appendix C of the PostgreSQL manual.
_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check"
    " collate collation column concurrently constraint create cross current_catalog current_date"
    " current_role current_schema current_time current_timestamp current_user default deferrable"
    " desc distinct do else end except false fetch for foreign freeze from full grant group having"
    " ilike in initially inner intersect into is isnull join lateral leading left like limit"
    " localtime localtimestamp natural not notnull null offset on only or order outer overlaps"
    " placing primary references returning right select session_user similar some symmetric"
    " system_user table tablesample then to trailing true union unique user using variadic verbose"
    " when where window with".split(" ")
)
IDENTIFIER_BYTES = 63


def quote(name: str) -> str:
    """One identifier, in double quotes only where it needs them.

    >>> quote("orders"), quote("order"), quote("createdAt")
    ('orders', '"order"', '"createdAt"')
    """
    plain = _PLAIN.fullmatch(name) and name not in _RESERVED
    return name if plain else '"' + name.replace('"', '""') + '"'


def quote_table(name: str) -> str:
    """A table's name, its schema before it where it has one ("billing.Order")."""
    return ".".join(quote(part) for part in name.split("."))


def bare(name: str) -> str:
    """A name as PostgreSQL prints it, without its quotes; its schema, unless public, before it.

    >>> bare('public."Orders"'), bare("billing.events")
    ('Orders', 'billing.events')
    """
    parts = (part.group() for part in _PRINTED.finditer(name))
    plain = (p[1:-1].replace('""', '"') if p.startswith('"') else p for p in parts)
    return ".".join(plain).removeprefix("public.")


def index_name(table: str, parts: tuple[str, ...], taken: frozenset[str]) -> str:
    """A name for an index as PostgreSQL itself would choose it, in small letters, not yet taken.

    >>> index_name("shop.orders", ("customer_id", "lower(email)"), frozenset())
    'orders_customer_id_lower_email_idx'
    """
    words = (table.rpartition(".")[2], *parts)
    stem = "_".join(re.sub(r"\W+", "_", word).strip("_").lower() for word in words)
    for number in range(len(taken) + 1):
        end = f"_idx{number or ''}"
        name = _cut(stem, IDENTIFIER_BYTES - len(end)) + end
        if name not in taken:
            return name
    raise AssertionError("one of n + 1 names is not among n")


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rstrip("_")


def joined(parts: tuple[Excerpt, ...]) -> str:
    """Several scripts as one, in order."""
    return "\n".join(part.text for part in parts)
