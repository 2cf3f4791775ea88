"""A fault in a file of delivery: where, why it hurts, the line that is right, how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from blueproof.core.evidence import Citation

Rank = Literal["breaks", "security", "speed"]
GRAVE = frozenset({"secret-in-image", "keys-that-last", "no-subject", "subject-too-wide"})
# What is told before all else of infrastructure: data in reach of anybody, data that is lost.
FIRST = ("does-not-parse", "pull-request-target", "unseen-plan", "database-open", "keys-in-code",
         "open-to-all", "no-backups", "deleted-for-good", "no-fargate-size", "network-mode",
         "no-execution-role", "attribute-without-key", "target-type", "pool-too-large",
         "pool-of-each-run", "password-in-code")  # fmt: skip
ORDER: tuple[Rank, ...] = ("breaks", "security", "speed")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Lines that take the place of others: `first` to `last`, from 1; before `first` if less."""

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong: the file and line, what it does, and the corrected lines.

    `edits` mend it in its file; none where only the person can.
    """

    rule: str
    path: str
    line: int
    rank: Rank
    says: str
    right: str = ""
    edits: tuple[Edit, ...] = ()
    evidence: tuple[Citation, ...] = ()

    @property
    def where(self) -> str:
        """The file and line."""
        return f"{self.path}:{self.line}"

    @property
    def order(self) -> tuple[int, int, bool, str, int]:
        """What breaks, then what is unsafe, a secret that is out before all, then what is slow."""
        first = FIRST.index(self.rule) if self.rule in FIRST else len(FIRST)
        return first, ORDER.index(self.rank), self.rule not in GRAVE, self.path, self.line


def mended(text: str, faults: Iterable[Fault]) -> str:
    """The text with its faults mended; of two edits of one line the earlier fault's is made."""
    lines = text.splitlines()
    taken: set[int] = set()
    edits: list[Edit] = []
    for fault in faults:
        for edit in fault.edits:
            touched = set(range(edit.first, edit.last + 1))
            if not touched & taken:
                edits.append(edit)
                taken |= touched
    # From the end, so that numbers hold; what is put in before a line comes after its own change.
    for edit in sorted(edits, key=lambda e: (e.first, e.last), reverse=True):
        lines[edit.first - 1 : edit.last] = list(edit.lines)
    return "\n".join(lines) + "\n"


def indent_of(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
