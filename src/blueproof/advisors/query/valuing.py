"""What a figure is taken of: a column, money, pieces, the time that something took."""

import re
from dataclasses import dataclass

from blueproof.advisors.query.conditions import near_tables
from blueproof.advisors.query.ground import Ground, is_number, is_time
from blueproof.advisors.query.stems import parts, root
from blueproof.advisors.query.text import Words
from blueproof.sql.names import quote

MONEY = re.compile(
    r"\b(?:revenues?|sales(?!\s*(?:person|people|rep))|spend(?:ing)?|spent|turnover|income"
    r"|earnings?|earned|gmv|paid amount|money|amount|value|invoiced|billed|takings|ltv"
    r"|lifetime value)\b", re.IGNORECASE)  # fmt: skip


_SOLD = re.compile(
    r"\b(?:units?|pieces?|quantity|quantities|items?)\s+(?:sold|ordered|bought|purchased)\b"
    r"|\b(?:sold|ordered)\s+(?:units?|quantity|pieces)\b|\bquantity\b|\bunits\b",
    re.IGNORECASE,
)


_TOOK = re.compile(
    r"\b(?:(?P<what>[a-z]+)\s+)?(?:time|duration|length|delay|(?P<unit>days|hours|minutes)"
    r"(?=\s+(?:from|to|until|between)\b))\b(?!\s*(?:zone|stamp))"
    r"(?:\s+(?:to|until|between|from|of)\s+(?P<to>[a-z ]+))?", re.IGNORECASE)  # fmt: skip


_START = re.compile(r"start|begin|began|picked|pickup|creat|open|order|placed|request|sent"
                    r"|check_?in"
                    r"|enter|clock_in|received|submitted|departed|login|from")  # fmt: skip


_STOP = re.compile(r"end|deliver|finish|complet|clos|resolv|arriv|answer|paid|shipp|check_?out|exit"
                   r"|return|clock_out|approv|left|respon|repl|logout|until|to$")  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """What a figure is read in: the tables, what one row is for, and the facts named so far."""

    ground: Ground
    targets: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    timed: bool = False
    facts: tuple[str, ...] = ()

    def fits(self, table: str) -> bool:
        """Whether each row of a table belongs to one row of each thing that is grouped by."""
        ways = all(self.ground.way(table, t) is not None for t in self.targets)
        return ways and (not self.timed or bool(self.when(table)))

    def when(self, table: str, words: str = "") -> str:
        """The column that says when, "table.column", of the table or of one it leads to."""
        for each in near_tables(self.ground, table):
            if column := self.ground.time_of(each, words if each == table else ""):
                return f"{each}.{column}"
        return ""


_UNIT = re.compile(r"\b(?:in|average|avg|mean|median|number of|total)\s+(?:of\s+)?"
                   r"(?P<unit>days|hours|minutes)\b", re.IGNORECASE)  # fmt: skip


_SAID = {root(w): w for w in ("revenue", "sales", "spend", "turnover", "income", "earnings")}
_AGGREGATED = re.compile(r"\b(?:total|sum|average|avg|mean|median|value|largest|biggest|highest"
                         r"|smallest|lowest)\b", re.IGNORECASE)  # fmt: skip


def below(scope: Scope) -> tuple[str, ...]:
    """The tables whose rows may be counted, the nearest to what is grouped by first."""
    every = tuple(t.name for t in scope.ground.tables)
    if not scope.targets:
        return every
    return scope.ground.below(scope.targets[0]) + tuple(t for t in every if t in scope.targets)


Value = tuple[str, str, str, tuple[int, int]]


def column_value(words: Words, scope: Scope, how: str) -> Value | None:
    """A column of numbers that is named; without an aggregate it must be one that adds up."""
    tables = tuple(t for t in dict.fromkeys((*scope.facts, *below(scope))) if scope.fits(t))
    said = {root(w) for w in re.findall(r"[A-Za-z]+", words.left)}
    tables = tuple(sorted(tables, key=lambda t: not said & {root(p) for p in parts(t)}))
    tokens = list(re.finditer(r"[A-Za-z_]\w*", words.left))
    for n in (3, 2, 1):
        for at in range(len(tokens) - n + 1):
            run = tokens[at : at + n]
            names = tuple(t[0] for t in run)
            if n == 1 and (MONEY.fullmatch(names[0]) or names[0].lower() in {"total", "sum"}):
                continue
            found = scope.ground.column_called(names, tables, numeric=True)
            if found is None or found.column.endswith("_id") or found.column == "id":
                continue
            if not how and n == 1 and scope.ground.table_called(names):
                continue
            span = (run[0].start(), run[-1].end())
            return found.table, f"{{t}}.{quote(found.column)}", found.column, span
    return None


def sold_value(words: Words, scope: Scope) -> Value | None:
    """The pieces that were sold."""
    found = words.find(_SOLD)
    if not found:
        return None
    if re.search(r"\b(?:return|refund|cancel|scrap|damag|lost|reserv|receiv)\w*", words.left,
                 re.IGNORECASE):  # fmt: skip
        return None  # other pieces than those sold
    for table in below(scope):
        column = scope.ground.quantity_of(table)
        if column and scope.fits(table) and table not in scope.things:
            return table, f"{{t}}.{quote(column)}", column, found.span()
    return None


def money_value(words: Words, scope: Scope) -> Value | None:
    """What rows are worth: of the table that is named, else of the nearest that fits."""
    found = words.find(MONEY)
    named = [t for t, _, _ in named_in(words, scope) if scope.fits(t)]
    if not found and not named:
        return None
    every = [t.name for t in scope.ground.tables]
    near = named or [*scope.facts, *below(scope), *every]
    for table in dict.fromkeys(near):
        money = scope.ground.money_of(table)
        if money and scope.fits(table) and (table not in scope.things or not _better(scope)):
            said = _SAID.get(root(found[0])) if found else None
            called = said or (money[1] if " x " not in money[1] else "revenue")
            span = found.span() if found else (0, 0)
            if not found and not _AGGREGATED.search(words.whole):
                return None
            return table, money[0], called, span
    return None


def _better(scope: Scope) -> bool:
    return any(scope.ground.money_of(t) for t in below(scope) if t not in scope.things)


def time_value(words: Words, scope: Scope) -> Value | None:
    """The time from one moment of a row to another: "delivery time"."""
    found = words.find(_TOOK)
    if not found:
        return None
    hints = {root(w) for w in re.findall(r"[a-z]+", found[0].lower())}
    tables = tuple(t for t in dict.fromkeys((*scope.facts, *below(scope))) if scope.fits(t))
    ranked = sorted(tables, key=lambda t: not hints & {root(p) for p in parts(t)})
    for table in ranked:
        times = [c.name for c in scope.ground.table(table).columns
                 if is_time(c) and not re.match(r"updated|modified|deleted", c.name)]  # fmt: skip
        numbers = [c.name for c in scope.ground.table(table).columns if is_number(c)
                   and re.search(r"duration|seconds|minutes|hours|_ms$"
                                 r"|length", c.name)]  # fmt: skip
        if numbers:
            return table, f"{{t}}.{quote(numbers[0])}", numbers[0], found.span()
        stops = [t for t in times if _STOP.search(t)]
        stops.sort(key=lambda t: not hints & {root(p) for p in parts(t)})
        starts = [t for t in times if _START.search(t) and t not in stops[:1]]
        if starts and stops and starts[0] != stops[0]:
            text = f"{{t}}.{quote(stops[0])} - {{t}}.{quote(starts[0])}"
            text = _in_units(scope, table, text, starts[0], words.whole)
            what = (found["what"] or "").lower()
            called = parts(table)[-1] if what in {"", "average", "median", "mean", "avg"} else what
            return table, text, f"{called}_time", found.span()
    return None


def _in_units(scope: Scope, table: str, text: str, start: str, words: str) -> str:
    """The time that passed as a number, where its unit is told; else as an interval."""
    found = _UNIT.search(words)
    if not found or (scope.ground.type_of(table, start) == "date" and found["unit"] == "days"):
        return text
    seconds = {"days": 86_400, "hours": 3_600, "minutes": 60}[found["unit"].lower()]
    return f"extract(epoch FROM {text}) / {seconds}"


def named_in(words: Words, scope: Scope) -> tuple[tuple[str, int, int], ...]:
    """The tables that the words name, each with its place."""
    return tuple((n.table, n.start, n.end) for n in scope.ground.named_tables(words.left))
