"""Runs counted by query: how often, how long, and the one text of each query that is planned."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from blueproof.core.errors import SqlError
from blueproof.sql.editing import significant
from blueproof.sql.headings import Heading
from blueproof.sql.queries import Query, read_queries
from blueproof.sql.secrets import masked
from blueproof.sql.statements import Skipped
from blueproof.sql.workload.complete import cut_off
from blueproof.sql.workload.fingerprint import normal_tokens, rough_form, split
from blueproof.sql.workload.literals import planned_text
from blueproof.sql.workload.naming import name_of, reads_catalogs_only
from blueproof.sql.workload.runs import Run, Told
from blueproof.sql.workload.stderr_log import is_stderr_log
from blueproof.sql.workload.write import as_statement

MOST_QUERIES = 2_000
QUIET = "statements that plan nothing"  # what a Skipped is about that nobody needs to act on

_PLANNABLE = frozenset({"select", "insert", "update", "delete", "merge", "with", "values"})
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)  # in a routine, ; ends no statement
_MOST_FORMS = 50_000  # texts looked at closely; each takes about a tenth of a millisecond
_MOST_SAMPLES = 8  # other texts of a query kept, to see which of its values change
_MOST_NAMED = 20  # of what was skipped for one reason
_MOST_SHOWN = 60


@dataclass(slots=True)
class _Counted:
    calls: float = 0.0
    timed: float = 0.0
    milliseconds: float = 0.0


@dataclass(slots=True)
class _Shape:
    """One query: what was counted of it, each way of telling apart, and its slowest run."""

    name: str
    slowest: Run
    counted: dict[Told, _Counted] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    spans: set[float | None] = field(default_factory=set)

    def add(self, run: Run) -> None:
        counted = self.counted.setdefault(run.told, _Counted())
        counted.calls += run.calls
        self.spans.add(run.days)
        if run.milliseconds is not None:
            counted.timed += run.calls
            counted.milliseconds += run.calls * run.milliseconds
        slowest = self.slowest
        if run.text != slowest.text and len(self.others) < _MOST_SAMPLES:
            self.others.append(run.text)
        if _rank(run) > _rank(slowest):
            self.slowest = run

    @property
    def calls(self) -> float:
        """How often it ran: the most that one way of telling counted, as each may tell of all."""
        return max(counted.calls for counted in self.counted.values())

    @property
    def days(self) -> float | None:
        """The time over which its calls were counted, where all runs were told with the same."""
        return next(iter(self.spans)) if len(self.spans) == 1 else None

    @property
    def mean(self) -> float | None:
        """The mean milliseconds of one run, by the way of telling that timed most runs.

        Where two timed as many, by the statements' own lines: a plan's time leaves the rest out.
        """
        told = sorted(self.counted, key=lambda way: way == "timed", reverse=True)
        most = max((self.counted[way] for way in told), key=lambda counted: counted.timed)
        return most.milliseconds / most.timed if most.timed else None

    @property
    def weight(self) -> tuple[float, float]:
        """What it takes of the server's time, then how often it runs."""
        return self.calls * (self.mean or 0.0), self.calls


def _rank(run: Run) -> tuple[bool, float]:
    """A run whose values are known before one without, then the slower one."""
    return bool(run.values), run.milliseconds or 0.0


class Tally:
    """Counts runs by fingerprint. `path` is the file that they come from."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.shapes: dict[str, _Shape] = {}
        self.forms: dict[str, _Shape | str] = {}  # by rough form: the query, or why it is none
        self.passed: Counter[str] = Counter()
        self.skipped: list[Skipped] = []
        self.cut = 0
        self.unseen = 0.0

    def add(self, run: Run) -> None:
        """Count a run; its text may hold several statements."""
        form = rough_form(run.text)
        found = self.forms.get(form)
        if found is None and ";" in form.rstrip("; \n\t\r") and self._several(run):
            return
        if found is None:
            if len(self.forms) >= _MOST_FORMS:
                self.unseen += run.calls
                return
            found = self.forms[form] = self._look(run)
        if not isinstance(found, str):
            found.add(run)
        elif run.told != "plan":
            self.passed[found] += round(run.calls)

    def _several(self, run: Run) -> bool:
        """Count each statement of a text apart; False if it is one. Which took the time is open."""
        pieces = split(run.text)
        if len(pieces) <= 1 or _ATOMIC.search(run.text):
            return False
        plannable = [
            p for p in pieces if p.lstrip("( \n\t").partition(" ")[0].lower() in _PLANNABLE
        ]
        time = run.milliseconds if len(plannable) == 1 else None
        calls = run.calls / len(pieces) if run.told == "plan" else run.calls
        for piece in pieces:
            self.add(replace(run, text=piece, milliseconds=time, calls=calls))
        return True

    def _look(self, run: Run) -> _Shape | str:
        """The query that a text not met before is of, or the reason to pass over it."""
        try:
            read = significant(run.text)
        except SqlError as error:
            self._skip(run, f"cut off, {str(error).rpartition(': ')[2]}")
            return ""
        if is_stderr_log(run.text):
            self._skip(run, "another line of the log runs into it")
            return ""
        if cut := cut_off(read):
            self._skip(run, cut)
            return ""
        marks = normal_tokens(read)
        word = next((mark for mark in marks if mark != "("), "")
        if word not in _PLANNABLE:
            return word.upper() if word.isidentifier() else word and "other"
        if reads_catalogs_only(marks):
            return "queries of the catalogs"
        shape = self.shapes.get(key := " ".join(marks))
        if shape is None:
            shape = _Shape(run.name or name_of(run.text, marks), run)
            self.shapes[key] = shape
        return shape

    def _skip(self, run: Run, why: str) -> None:
        self.cut += 1
        if self.cut <= _MOST_NAMED:
            self.skipped.append(Skipped(line=run.line, what=shown(run.text), why=why))

    def queries(self, most: int = MOST_QUERIES) -> tuple[tuple[Query, ...], tuple[Skipped, ...]]:
        """The heaviest queries by their total time, else by calls, and what was passed over."""
        ranked = sorted(self.shapes.values(), key=lambda s: s.weight, reverse=True)
        kept = [q for s in ranked[:most] if (q := self._query(s)) is not None]
        left = ranked[most:]
        return tuple(_numbered(kept, self.path)), (*self.skipped, *self._summary(ranked, left))

    def _query(self, shape: _Shape) -> Query | None:
        """The query as it is read back from the file that we write; None if it is not."""
        run, heading = (
            shape.slowest,
            Heading(weight=shape.calls, milliseconds=_rounded(shape.mean), days=shape.days),
        )
        try:
            text = planned_text(
                run.text, values=run.values, others=tuple(shape.others), runs=shape.calls
            )
            read, passed = read_queries(as_statement(heading, text), path=self.path)
        except SqlError as error:
            read, passed = (), (Skipped(line=1, what="", why=str(error)),)
        if len(read) != 1 or passed:
            self._skip(run, passed[0].why if passed else "not one query")
            return None
        return replace(read[0], name=shape.name, line=run.line)

    def _summary(self, ranked: list[_Shape], left: list[_Shape]) -> Iterator[Skipped]:
        if self.cut > _MOST_NAMED:
            yield _note(f"{self.cut - _MOST_NAMED:,} more texts", "cut off or unreadable as these")
        if left:
            total, rest = (sum(s.weight[0] for s in some) for some in (ranked, left))
            share = f", {rest / total:.1%} of the time" if total else ""
            what = f"{len(left):,} more queries{share}"
            yield _note(what, f"only the {len(ranked) - len(left):,} heaviest are kept")
        if self.unseen:
            why = f"after {_MOST_FORMS:,} different texts no new one was looked at"
            yield _note(f"{self.unseen:,.0f} more runs", why)
        said = [f"{kind} {count:,}" for kind, count in self.passed.most_common() if kind]
        if said:
            yield _note(QUIET, ", ".join(said))


def _rounded(milliseconds: float | None) -> float | None:
    """Four digits: no clock of a server's means more."""
    return None if milliseconds is None else float(f"{milliseconds:.4g}")


def _note(what: str, why: str) -> Skipped:
    """What is said of the whole, not of a line."""
    return Skipped(line=0, what=what, why=why)


def shown(text: str) -> str:
    """A text as it is named in a message: on one line, short, its secrets masked."""
    return " ".join(masked(text[:4_000]).split())[:_MOST_SHOWN]


def _numbered(queries: list[Query], path: str) -> Iterator[Query]:
    """The queries in this order, each with a name of its own."""
    taken: set[str] = set()
    again: Counter[str] = Counter()
    for ordinal, query in enumerate(queries, start=1):
        name = query.name
        while name in taken:
            again[query.name] += 1
            name = f"{query.name}-{again[query.name] + 1}"
        taken.add(name)
        yield replace(query, name=name, ordinal=ordinal, path=path)
