"""Runs of statements, as a log or a table of statistics tells of them."""

from dataclasses import dataclass
from typing import Literal

# How it is known: a statement's own line, with its time or without, or a plan of auto_explain's.
# One run may be told in several of these ways, and is counted once.
Told = Literal["timed", "untimed", "plan"]


@dataclass(slots=True)
class Run:
    """One run of a statement, or several that were counted: its text and its mean milliseconds.

    `values` is the list of its parameters as the log writes it ("$1 = '42', $2 = NULL"), `line`
    where it is told, from 1 (for a table: which row), `name` what it is called, if it has a name,
    `days` the time over which its calls were counted, if it is told.
    """

    text: str
    milliseconds: float | None = None
    calls: float = 1.0
    values: str = ""
    line: int = 1
    told: Told = "timed"
    name: str = ""
    days: float | None = None
