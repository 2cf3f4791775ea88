"""What a thing's other rows must be: "who never ordered", "with more than 3 orders this year"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.query.asking import SIGN, UNITS
from blueproof.advisors.query.conditions import (
    SIGNS,
    is_cents,
    of_word,
    of_words,
    take_states,
    take_values,
)
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.measuring import read_measure
from blueproof.advisors.query.periods import find_age, find_period
from blueproof.advisors.query.stems import parts, root, roots
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Condition, Measure, Needs, Period, Sign, Threshold
from blueproof.advisors.query.valuing import MONEY, Scope

_END = (
    r"(?=\s*$|\s*[.;,]|\s+(?:and (?:who|that|have|has|had|their|the|show|also|with|did|were)"
    r"|but|\x01)|\s*\x01)"
)
_NEVER = re.compile(
    r"\b(?:(?:who|that|which|whose|they)\s+)?(?:(?:have|has|had|did|do|does|are|is|were|was)\s*)?"
    rf"(?:never|not|n't)\s+(?:yet\s+)?(?P<rest>[^.;,\x01]+?){_END}", re.IGNORECASE)  # fmt: skip
_NO = re.compile(
    r"\b(?:(?:who|that|which)\s+)?(?:(?:with|have|has|had|having|there (?:is|are))\s+)?"
    rf"(?:no|without(?:\s+(?:any|an?))?|zero)\s+(?P<rest>[^.;,\x01]+?){_END}",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:(?:and|but)\s+)?(?:only\s+)?(?:(?:those|the ones)\s+)?(?:(?:who|that|which|where|with"
    r"|having|whose)\s+)?(?:(?:they|there|have|has|had|are|placed|made|did|got|who|that|[a-z]+ed)\s+)*"
    rf"(?:(?P<sign>{SIGN}|>=?|<=?)\s*(?P<n>{NUMBER})|(?P<n2>\d+)\s*(?:\+|or more))\s+"
    rf"(?P<rest>[a-z][^.;,\x01]*?){_END}", re.IGNORECASE)  # fmt: skip
_SOME = re.compile(
    r"\x01\s*(?:and\s+|but\s+)?(?:(?:who|that|which)\s+(?:(?:have|has|had|did|were|are)\s+)?"
    r"|(?:have|has)\s+|(?=[a-z]+ed\b|bought\b))(?!the\b|[a-z ]*\b(?:number|count|total|average)\b)"
    r"(?:at least once\s+)?"
    rf"(?P<rest>[a-z][^.;,\x01]*?){_END}", re.IGNORECASE)  # fmt: skip
_SOLD = re.compile(r"\b(?:been\s+)?(?:sold|bought|purchased|ordered)\b", re.IGNORECASE)
_SPENT = re.compile(
    r"\b(?:(?:who|that|which|with|whose|where|having)\s+)?(?:(?:have|has|had|a|an|the|in|is)\s+)*"
    r"(?:total(?:l?ed)?\s+|sum\s+(?:of\s+)?)?(?P<what>spent|spend|paid|revenue|sales|total|earned"
    r"|amount|turnover)\s+(?:is\s+|of\s+|in total\s+|totall?ing\s+|a total of\s+)*"
    rf"(?P<sign>{SIGN}|>=?|<=?)\s*[$\u20ac\u00a3]?\s*(?P<n>{NUMBER})"
    r"\s*(?:euros?|dollars?|usd|eur|pounds?|gbp|\u20ac|\$|in total|overall|total)?",
    re.IGNORECASE,
)


_IDLE = re.compile(
    r"\bwhose (?:last|latest|most recent) (?P<what>[a-z_ ]+?) (?:was|is|were|dates? (?:from"
    r"|back))\s+"
    rf"(?:more than|over|longer than|older than)\s+(?P<n>{NUMBER})\s+"
    r"(?P<unit>day|week|month|year)s?(?:\s+(?:ago|old))?", re.IGNORECASE)  # fmt: skip
_PATTERNS: tuple[tuple[re.Pattern[str], Sign], ...] = (
    (_MANY, "="), (_SOME, ">"), (_NEVER, "="), (_NO, "="),
)  # fmt: skip


@dataclass
class Needing:
    """The reader of what an entity's rows elsewhere must be."""

    words: Words
    ground: Ground
    entity: str
    last: str = ""

    def take(self) -> Iterator[Needs | Condition]:
        """All needs, taken out of the words."""
        yield from self._idle()
        for pattern, sign in _PATTERNS:
            at = 0
            while found := pattern.search(self.words.left, at):
                at = max(found.end(), at + 1)
                made = self._read(found, sign, 0)
                if made:
                    yield made
                else:
                    at = found.start() + max(1, len(found[0].split(" ")[0]))

    def _idle(self) -> Iterator[Needs]:
        """Whose last one was long ago: there is one, and none since then."""
        found = _IDLE.search(self.words.left)
        n = number(found["n"]) if found else None
        named = next(iter(self.ground.named_tables(found["what"])), None) if found else None
        if found is None or not n or not named or named.table not in self.ground.below(self.entity):
            return
        when = Scope(self.ground, (self.entity,), (self.entity,)).when(named.table, found["what"])
        since = Period(words=f"in the last {n} {found['unit']}s", kind="rolling",
                       unit=UNITS[found["unit"].lower()], low=-n, high=0)  # fmt: skip
        self.words.cut(*found.span())
        said = " ".join(found[0].split())
        yield Needs(table=named.table, sign=">", count=0, words=said)
        yield Needs(table=named.table, sign="=", count=0, time=when, period=since, words=said)

    def _read(self, found: re.Match[str], sign: Sign, count: int) -> Needs | Condition | None:
        if pattern_sign := found.groupdict().get("n") or found.groupdict().get("n2"):
            n = number(pattern_sign)
            if n is None:
                return None
            sign, count = SIGNS[found["sign"].lower()] if found["sign"] else ">=", n
        inner = Words(found["rest"])
        aged = find_age(inner.left) if not sign.startswith("<") else None
        timed = aged or find_period(inner.left)
        if timed:
            inner.cut(*timed[1])
        if timed and count and re.match(r"in\b", timed[0].words.strip(), re.IGNORECASE):
            return None  # "3 orders in 7 days" is any 7 days, and no stretch that ends now
        distinct = ""
        table = self._facts(inner)
        if table is None and (lead := self._leading(inner)):
            table, distinct = lead
        if table is None:
            return None if sign != "=" or count else self._state(found, inner)
        when = Scope(self.ground, (self.entity,), (self.entity,)).when(table, found["rest"])
        conditions = (*take_values(inner, self.ground, table),
                      *take_states(inner, self.ground, table))  # fmt: skip
        if inner.unread() and not _says_same(inner, table):
            return None
        self.words.cut(*found.span())
        self.last = table
        period = timed[0] if timed else None
        if aged and (sign, count) == ("=", 0):  # "not logged in for more than 30 days"
            period = replace(aged[0], low=aged[0].high, high=0)
        return Needs(
            table=table, sign=sign, count=count, time=when, period=period, conditions=conditions,
            distinct=distinct, words=" ".join(found[0].split()),
        )  # fmt: skip

    def _leading(self, inner: Words) -> tuple[str, str] | None:
        """Rows below the entity that lead to a thing that is named: courses by enrolments."""
        below = self.ground.below(self.entity)
        for named in self.ground.named_tables(inner.left):
            for key in self.ground.schema.foreign_keys:
                if key.references == named.table and key.table in below and len(key.columns) == 1:
                    inner.cut(named.start, named.end)
                    return key.table, key.columns[0]
        return None

    def _facts(self, inner: Words) -> str | None:
        """The table below the entity that the words name or whose verb they use."""
        below = self.ground.below(self.entity)
        for named in self.ground.named_tables(inner.left):
            if named.table in below:
                inner.cut(named.start, named.end)
                return named.table
        if _SOLD.search(inner.left):
            selling = {"order", "sal", "purchas", "item"}
            sold = [t for t in below if self.ground.quantity_of(t)]
            sold = sold or [t for t in below if selling & set(roots(t))]
            if sold:
                for found in list(_SOLD.finditer(inner.left)):
                    inner.cut(*found.span())
                return sold[0]
        if verb := _verb_of(inner.left, below):
            inner.cut(*verb[1])
            return verb[0]
        if self.last and re.fullmatch(r"[\W\x01]*(?:in|since|during|then|again|any)?[\W\x01]*",
                                      inner.left):  # fmt: skip
            return self.last
        return None

    def _state(self, found: re.Match[str], inner: Words) -> Condition | None:
        """A state of the thing itself: "not verified"."""
        said = inner.unread()
        condition = of_words(self.ground, self.entity, said, negated=True)
        if condition is None and len(said) == 1:
            condition = of_word(self.ground, self.entity, said[0], negated=True)
        if condition:
            self.words.cut(*found.span())
        return condition


def _verb_of(text: str, tables: tuple[str, ...]) -> tuple[str, tuple[int, int]] | None:
    """The table whose verb a text uses, in one word or two ("logged in"), and where."""
    verbs = list(re.finditer(r"[a-z]+", text, re.IGNORECASE))
    runs = [verbs[at : at + n] for n in (2, 1) for at in range(len(verbs) - n + 1)]
    for table in tables:
        own = root(parts(table)[-1])
        for run in runs:
            if "".join(root(v[0]) for v in run) == own:
                return table, (run[0].start(), run[-1].end())
    return None


def _says_same(inner: Words, table: str) -> bool:
    """Whether what is left only says the table's verb once more ("placed", "made")."""
    said = {"placed", "made", "bought", "done", "written", "received", "sent", "paid", "completed",
            "registered", "recorded", "happened", "took", "attached", "associated", "linked",
            "assigned", "submitted", "posted", "left", "signed"}  # fmt: skip
    return all(w.lower() in said or root(w) == root(table) for w in inner.unread())


def take_spent(words: Words, scope: Scope) -> Threshold | None:
    """A bound on money: "who spent more than 1,000 euros this year"."""
    found = words.find(_SPENT)
    if found is None or (n := number(found["n"])) is None:
        return None
    if not MONEY.fullmatch(found["what"]) and found["what"].lower() not in {"total", "paid"}:
        return None
    measure = read_measure(Words("total revenue"), scope)
    if measure is None:
        return None
    start, end = found.span()
    timed = find_period(words.left[end:])
    if timed and not words.left[end : end + timed[1][0]].strip():
        words.cut(end + timed[1][0], end + timed[1][1])
        measure = replace(measure, period=timed[0])
    words.cut(start, end)
    cents = is_cents(measure.value.rpartition(".")[2])
    value = str(n * 100 if cents else n)
    own: Measure = measure
    return Threshold(of=own.name, sign=SIGNS[found["sign"].lower()], value=value,
                     measure=own)  # fmt: skip
