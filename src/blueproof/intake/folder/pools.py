"""How many connections the code lets one process hold to its database."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text

# A pool of pg, postgres.js, Sequelize, TypeORM or Knex: the number stands by the pool's own words.
_NODE = (
    re.compile(r"\bnew (?:pg\.)?Pool\(\{[^}]{0,400}?\bmax\s*:\s*(?:Number\([^)]*\)\s*\|\|\s*)?"
               r"(\d{1,4})\b", re.DOTALL),
    re.compile(r"\bpostgres\([^)]{0,200}?\bmax\s*:\s*(\d{1,4})\b", re.DOTALL),
    re.compile(r"\bpool\s*:\s*\{[^}]{0,200}?\bmax\s*:\s*(\d{1,4})\b", re.DOTALL),
    re.compile(r"\bpoolSize\s*:\s*(\d{1,4})\b"),
)  # fmt: skip
_PYTHON = re.compile(r"\bpool_size\s*=\s*(\d{1,4})\b")
_OVERFLOW = re.compile(r"\bmax_overflow\s*=\s*(\d{1,4})\b")
_GO = re.compile(r"\.SetMaxOpenConns\((\d{1,4})\)")
_ADDRESS = re.compile(r"[?&]connection_limit=(\d{1,4})\b")


def read_pool(file: Text) -> Iterator[Finding]:
    """The largest size of a pool that a file sets."""
    text = file.text
    if file.name.endswith(".py"):
        found = _PYTHON.search(text)
        # SQLAlchemy opens ten above the pool's size unless it is told otherwise.
        beside = _OVERFLOW.search(text)
        more = float(beside[1]) if beside else 10.0
        if found:
            yield _found(file, found, float(found[1]) + more)
        return
    if file.name.endswith(".go"):
        found = _GO.search(text)
    else:
        found = next((m for pattern in _NODE if (m := pattern.search(text))), None)
    found = found or _ADDRESS.search(text)
    if found:
        yield _found(file, found, float(found[1]))


def _found(file: Text, found: re.Match[str], size: float) -> Found:
    return Found(key="service.pool", value=f"{size:g}", line=file.line(found.start(1)))
