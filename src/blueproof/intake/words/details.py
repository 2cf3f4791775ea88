"""Where on AWS it is to run, and in which version something runs, as the words say."""

import re
from collections.abc import Iterator
from functools import cache

from blueproof.core.brief import Fact
from blueproof.facts.regions import regions

# "Postgres 16", "PostgreSQL v15.4", "Node 22", "node.js 20.11"; no year and no count of things.
_VERSION = r" ?v?(\d{1,2})(?:\.\d+){0,2}(?![\d,%kKmM.]*\d|[kKmM%]\b| (?:instances|servers|nodes))"
_VERSIONS = (
    ("version.postgresql", re.compile(r"\bpostgres(?:ql)?" + _VERSION, re.IGNORECASE)),
    ("version.node", re.compile(r"\bnode(?:\.?js)?" + _VERSION, re.IGNORECASE)),
)


def read_details(request: str) -> Iterator[Fact]:
    """The region and the versions that a request names."""
    found = _region().search(request)
    if found:
        name = found["code"] or found["place"] or found["named"]
        span = found.span("code" if found["code"] else "place" if found["place"] else "named")
        yield _fact("host-region", regions()[name.lower()], request, span)
    for key, pattern in _VERSIONS:
        told = pattern.search(request)
        if told:
            yield _fact(key, told[1], request, told.span())


def _fact(key: str, value: str, request: str, span: tuple[int, int]) -> Fact:
    return Fact(key=key, value=value, source="inferred", quote=request[slice(*span)], span=span)


@cache
def _region() -> re.Pattern[str]:
    """A code anywhere; a place only where AWS or something that runs is in it, not its people."""
    names = sorted((re.escape(n) for n in regions() if "-" not in n), key=len, reverse=True)
    codes = "|".join(re.escape(n) for n in regions() if "-" in n)
    place = "|".join(names)
    return re.compile(
        rf"\b(?P<code>{codes})\b"
        rf"|\b(?:aws|amazon|lambda|fargate|ecs|rds|host(?:ed|ing)?|run(?:s|ning)?|deploy(?:ed)?)"
        rf"(?: \w+){{0,2}} in (?:the )?(?P<place>{place})\b"
        rf"|\b(?P<named>{place})[ -]region\b",
        re.IGNORECASE,
    )
