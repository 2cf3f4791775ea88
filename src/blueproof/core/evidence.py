"""Why a statement may be believed: somebody published it, or an engine measured it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Confidence = Literal["high", "medium", "low"]  # the maker's own text, one that cites it, none


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A published statement: where it stands, when we read it, and what it says in our words."""

    url: str
    checked: date
    says: str

    def __post_init__(self) -> None:
        if not self.url.startswith("https://") or not self.says:
            raise ValueError(f"a citation needs an https address and what it says: {self.url!r}")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One figure an engine gave: its name, value and unit ("planner cost units", "bytes")."""

    name: str
    value: float | str
    unit: str = ""
