"""What a server answers instead of a result."""

from dataclasses import dataclass


@dataclass(kw_only=True, eq=False)  # frozen, it could not be raised through a `with` block
class ServerRefusal(Exception):  # noqa: N818 (a refusal is an answer of the server, not our error)
    """What the server answered instead of a result: SQLSTATE, message, position from 1 or 0."""

    code: str
    message: str
    position: int = 0
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"
