"""Asking a session for plans: one statement each, with a clock that stands still."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.sql.asking import asked
from blueproof.sql.plan import Plan, Refused, read_brief, read_plan
from blueproof.sql.statements import read_script

_EXPLAIN = "EXPLAIN (FORMAT JSON, COSTS, VERBOSE, GENERIC_PLAN) "
_BRIEFLY = "EXPLAIN (FORMAT JSON, COSTS, GENERIC_PLAN) "
_PLANNABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE"})


@dataclass(kw_only=True)
class Explainer:
    """Asks whichever session is the present one, on the day that statistics end."""

    session: Callable[[], Session]
    until: Callable[[], date]
    _known: set[str] = field(default_factory=set)
    _brief: dict[tuple[str, date], str] = field(default_factory=dict)

    def explain(self, query: str, *, pristine: bool) -> Plan:
        """Plan; before, the server itself must say that the text is one statement.

        It is read anew after changes, since they may have changed how SQL is read. Raises Refused.
        """
        check_plannable(query)
        text = _EXPLAIN + asked(query, self.until())
        if not (pristine and query in self._known):
            self.parse(text)
        if pristine:
            self._known.add(query)
        return self._plan(text)

    def briefly(self, query: str) -> tuple[float, frozenset[str]]:
        """The plan's cost and the indexes that it reads; the text is read by the server once."""
        known = (query, self.until())
        if known not in self._brief:
            check_plannable(query)
            text = _BRIEFLY + asked(query, self.until())
            self.parse(text)
            self._brief[known] = text
        return read_brief(self._told(self._brief[known]))

    def parse(self, text: str) -> None:
        """Have the server read a statement and find every name in it; Refused where it cannot."""
        try:
            self.session().parse_one(text)
        except ServerRefusal as refusal:
            raise Refused(reason=str(refusal)) from None

    def _plan(self, text: str) -> Plan:
        return read_plan(self._told(text))

    def _told(self, text: str) -> object:
        try:
            return self.session().run(text)[0][0]
        except ServerRefusal as refusal:
            raise Refused(reason=str(refusal)) from None


def check_plannable(query: str) -> None:
    """Raise Refused unless the text is one statement that a planner plans."""
    statements = read_script(query, path="query").statements
    if len(statements) != 1 or statements[0].words[:1] not in {(w,) for w in _PLANNABLE}:
        raise Refused(reason="only a single SELECT, INSERT, UPDATE, DELETE or MERGE is planned")
