"""What Blueproof advises on a case, carried out on a copy and judged against the expert's fix.

Blueproof runs as a process with what its user has: the query's text and a connection string of a
copy with rows. It is told neither the fix nor the values that the query is timed with.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from case import Case
from pg8000.exceptions import DatabaseError
from private import Private
from timing import Answer, ask, error_of, fill, run_script, simple

_PATIENCE_SECONDS = 240
_NEAR = 1.25  # slower than the expert by no more than this counts as as fast
_NOISE_MS = 0.3  # below this, two runs of one plan differ as much
_TIMES_FASTER = 3.0
_FORMS = (
    ("gin", r"\busing\s+gin\b"),
    ("gist", r"\busing\s+(?:sp)?gist\b"),
    ("brin", r"\busing\s+brin\b"),
    ("statistics", r"^\s*create\s+statistics\b|\bset\s+statistics\b|\bn_distinct\b"),
    ("setting", r"^\s*(?:set|alter\s+(?:system|database|role))\b"),
    ("partial", r"^\s*create\b.*\bindex\b.*\bwhere\b"),
    ("expression", r"^\s*create\b.*\bindex\b.*\bon\b[^(]*\((?:.*,)?\s*(?:\(|\w+\s*\()"),
    ("index", r"^\s*create\s+(?:unique\s+)?index\b"),
    ("drop", r"^\s*drop\s+index\b"),
)


@dataclass(kw_only=True)
class Judged:
    """One case with its three times, in milliseconds, and what was advised."""

    case: Case
    ms_before: float = 0.0
    ms_expert: float | None = None
    ms_ours: float | None = None
    same: bool = True
    kinds: tuple[str, ...] = ()
    ddl: tuple[str, ...] = ()
    rewritten: str = ""
    verdict: str = ""
    why: str = ""
    said: tuple[str, ...] = ()
    plan: str = ""
    error: str = ""
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)

    @property
    def advised(self) -> bool:
        """Whether there is anything to carry out."""
        return bool(self.ddl or self.rewritten)

    @property
    def gain(self) -> float:
        """How many times faster our advice makes it; 1 where there is none."""
        return self.ms_before / max(self.ms_ours, 0.001) if self.ms_ours is not None else 1.0

    @property
    def fast(self) -> bool:
        """As fast as the expert, with the same rows."""
        if self.ms_ours is None or self.ms_expert is None or not self.same:
            return False
        return self.ms_ours <= max(self.ms_expert * _NEAR, self.ms_expert + _NOISE_MS)

    @property
    def won(self) -> bool:
        """As fast, or the expert's kind of fix and three times faster; a trap: no idle advice."""
        helped = self.same and not self.error and self.gain >= _TIMES_FASTER
        if self.case.trap:
            return not self.error and (not self.advised or helped)
        return self.fast or (helped and self.case.kind in self.kinds)

    def line(self) -> str:
        """One line of the table."""
        verdict = "won" if self.won else "lost"
        if self.won and not self.case.trap:
            verdict = "won" if self.fast else "won (kind)"
        same = "same" if self.same else "OTHER ROWS"
        return (
            f"{self.case.id:44} {self.case.kind:10} {self.ms_before:9.2f} {_ms(self.ms_expert)} "
            f"{_ms(self.ms_ours)} {same:10} {'trap ' if self.case.trap else ''}{verdict:10} "
            f"{'+'.join(self.kinds) or 'nothing'}{'  ' + self.error if self.error else ''}"
        )

    def told(self) -> str:
        """What was advised, for reading."""
        parts = [*self.ddl, self.rewritten, f"{self.verdict}: {self.why}", self.plan, *self.said]
        return "\n".join(f"      {part}" for part in parts if part)

    def as_json(self) -> dict[str, Any]:
        """The figures that go into the results."""
        return {
            "kind": self.case.kind,
            "trap": self.case.trap,
            "ms_before": round(self.ms_before, 2),
            "ms_expert": self.ms_expert and round(self.ms_expert, 2),
            "ms_ours": self.ms_ours and round(self.ms_ours, 2),
            "same_rows": self.same,
            "won": self.won,
            "as_fast": self.fast,
            "kinds": list(self.kinds),
            "ddl": list(self.ddl),
            "rewritten": self.rewritten,
            "verdict": self.verdict,
            "why": self.why,
            "error": self.error,
            "seconds": round(self.seconds, 1),
        }


def advised(server: Private, case: Case) -> Judged:
    """Ask Blueproof, carry out what it advises on a copy, and time all three."""
    name = f"c{case.number}"
    judged = Judged(case=case)
    try:
        with server.database(name):
            fill(server, case, name)
            with server.session(name) as session:
                before = ask(session, case, case.query)
            judged.ms_before = before.ms
            judged.ms_expert = _expert_ms(server, case, name)
            _read(judged, _asked(server, case, name, judged))
            _carried_out(server, judged, name, before)
    except DatabaseError as error:
        judged.error = error_of(error)
    return judged


def _expert_ms(server: Private, case: Case, name: str) -> float | None:
    if not case.fix and not case.fix_query:
        return None
    with server.database(f"{name}_expert", name) as copy, server.session(copy) as session:
        run_script(session, case.fix)
        if case.fix:
            simple(session, "ANALYZE")
        return ask(session, case, case.fixed_query).ms


def _asked(server: Private, case: Case, name: str, judged: Judged) -> dict[str, Any]:
    """Blueproof's answer as JSON; an empty one, and the error noted, where it gives none."""
    with tempfile.TemporaryDirectory() as folder:
        queries = Path(folder) / "queries.sql"
        queries.write_text(f"{case.query};\n", "utf-8")
        begun = time.monotonic()
        try:
            done = subprocess.run(  # noqa: S603 (our own command line)
                [
                    *(sys.executable, "-m", "blueproof", "pg", "--queries", str(queries)),
                    *("--measure", server.dsn(name), "--json", "--no-input"),
                    *("--out", str(Path(folder) / "out")),
                ],
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            judged.error = f"no answer within {_PATIENCE_SECONDS} s"
            return {}
        judged.seconds = time.monotonic() - begun
    if done.returncode:
        judged.error = f"exit {done.returncode}: {done.stderr.strip()[-200:]}"
        return {}
    return dict(json.loads(done.stdout))


def _read(judged: Judged, answer: dict[str, Any]) -> None:
    """Take from the answer what can be carried out, and what was said."""
    query: dict[str, Any] = next(iter(answer.get("queries", ())), {})
    judged.ddl = tuple(sql for change in answer.get("changes", ()) for sql in change["ddl"])
    judged.rewritten = (query.get("rewritten") or "").strip().rstrip(";")
    judged.verdict, judged.why = query.get("verdict", ""), query.get("why", "")
    kinds = {kind_of(sql) for sql in judged.ddl} | ({"rewrite"} if judged.rewritten else set())
    judged.kinds = tuple(sorted(kinds - {""}))
    judged.said = (
        *([answer["answer"]] if "answer" in answer else ()),
        *(each["choice"] for each in answer.get("recommendations", ())),
        *(each["says"] for each in answer.get("findings", ())),
    )


def kind_of(sql: str) -> str:
    """The kind of fix that a statement is, in the words of case.py; "" for ANALYZE.

    >>> kind_of("CREATE INDEX a ON t USING gin (x)"), kind_of("CREATE INDEX b ON t (lower(x))")
    ('gin', 'expression')
    >>> kind_of("CREATE INDEX c ON t (a, b) INCLUDE (c)"), kind_of("ALTER TABLE t ADD x int")
    ('index', 'schema')
    """
    if re.match(r"\s*analyze\b", sql, re.IGNORECASE):
        return ""
    return next(
        (kind for kind, form in _FORMS if re.search(form, sql, re.IGNORECASE | re.DOTALL)),
        "schema",
    )


def _carried_out(server: Private, judged: Judged, name: str, before: Answer) -> None:
    """Apply the advice to a copy and time the query there.

    In a new session, as settings of a role or a database hold from the next one on; they are taken
    back at the end, so that they do not meet the next case.
    """
    if judged.error or not judged.advised:
        judged.ms_ours = None if judged.error else before.ms
        return
    case = judged.case
    with server.database(f"{name}_ours", name) as copy:
        try:
            with server.session(copy) as session:
                for statement in judged.ddl:
                    simple(session, statement)
                simple(session, "ANALYZE")
            with server.session(copy) as session:
                after = ask(session, case, judged.rewritten or case.query)
        except DatabaseError as error:
            judged.error = f"cannot be carried out: {error_of(error)}"
            return
        finally:
            server.forget_settings()
    judged.ms_ours, judged.plan = after.ms, after.plan
    judged.same = before.same(after, case.compare)


def _ms(value: float | None) -> str:
    return "        -" if value is None else f"{value:9.2f}"
