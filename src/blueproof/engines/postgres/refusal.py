"""What a server answers instead of a result."""

import re
from dataclasses import dataclass

from blueproof.engines.postgres.extensions import GET
from blueproof.sql.plan import ExtensionMissing, Refused

# What a server says where an extension is not there or was not made, by the extension or by what
# it would have brought.
_LACKING = re.compile(
    r'^(?:extension "(?P<name>[\w-]+)" is not available'
    r'|permission denied to create extension "(?P<denied>[\w-]+)"'
    r'|operator class "(?:[\w-]+\.)?(?:gin|gist)_trgm_ops" does not exist)'
)


@dataclass(kw_only=True, eq=False)  # frozen, it could not be raised through a `with` block
class ServerRefusal(Exception):  # noqa: N818 (a refusal is an answer of the server, not our error)
    """What the server answered instead of a result: SQLSTATE, message, position from 1 or 0."""

    code: str
    message: str
    position: int = 0
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


def as_answer(refusal: ServerRefusal) -> Refused:
    """The refusal as those are told who know of no server."""
    found = _LACKING.match(refusal.message)
    if found is None:
        return Refused(reason=str(refusal))
    name = found["name"] or found["denied"] or "pg_trgm"
    return ExtensionMissing(extension=name, get=GET)
