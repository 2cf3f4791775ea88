"""How many connections RDS for PostgreSQL allows an instance class by default."""

import re
from decimal import Decimal

from blueproof.facts.load import fact

_GIB = 1 << 30
# GiB of memory of each size, by the first letter of the family: burstable, general, memory.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
_LARGE = {"t": 8, "m": 8, "r": 16}
_BELOW_LARGE = {"micro": 8, "small": 4, "medium": 2}


def default_connections(family: str, size: str) -> int | None:
    """max_connections that RDS for PostgreSQL sets for a class ("t4g", "medium"), None if unknown.

    >>> default_connections("t4g", "medium"), default_connections("r6g", "2xlarge")
    (450, 5000)
    """
    large = _LARGE.get(family[:1].lower())
    times = re.fullmatch(r"(\d*)xlarge", size.lower())
    if large is None or not (times or size.lower() in {"large", *_BELOW_LARGE}):
        return None
    gib = Decimal(large)
    if times:
        gib *= 2 * int(times[1] or 1)
    elif size.lower() != "large":
        gib /= _BELOW_LARGE[size.lower()]
    each, most = (
        fact(f"aws.limit-rds-{name}").value for name in ("connection-bytes", "connections")
    )
    return int(min(gib * _GIB / each, most))
