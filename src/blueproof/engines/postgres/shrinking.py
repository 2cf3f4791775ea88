"""A difference between two queries on as few and as plain rows as it takes.

The rows on which it was found are put in anew with some left out or made plainer, and both queries
are asked again, as long as they differ. What is tried and in which order hangs on nothing but those
rows, so the same difference shrinks to the same rows; only a machine on which the bound of time
comes before the bound of tries ends earlier.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from blueproof.engines.postgres import trying
from blueproof.engines.postgres.putting import Row, attempted
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.showing import Counterexample, Rows
from blueproof.engines.postgres.trying import Bench, Drawn, Found
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey

_MOST_TRIES = 500
_MOST_SECONDS = 5.0
_PLAIN = 6  # values of a column that are tried in place of others

Tables = dict[str, list[Row]]
_Place = tuple[str, str]  # table and column
_Change = Callable[[str | None], str | None]


def shrink(bench: Bench, found: Found) -> tuple[Found, Counterexample | None]:
    """The difference on fewer rows, and those; None where it does not come about again."""
    shrinker = _Shrinker(bench, found)
    # Whether the original contradicts itself is looked at in the end: it takes most of the time.
    for trusting in (True, False):
        bench.trusting = trusting
        shrinker.begin(found)
        if not shrinker.again():
            break
        shrinker.shrink()
        bench.trusting = False
        if not trusting or shrinker.again():
            return shrinker.found, shrinker.counterexample()
    bench.trusting = False
    return found, None


class _Shrinker:
    """The smallest database so far, and the difference on it."""

    def __init__(self, bench: Bench, found: Found) -> None:
        self.found = found
        self._bench = bench
        self._end = time.monotonic() + _MOST_SECONDS
        self._offers = {
            (table, offer.column.name): offer
            for table, offers in bench.generator.offers.by_table.items()
            for offer in offers
        }
        self._types: dict[str, dict[str, str]] = {}
        for (table, column), offer in self._offers.items():
            self._types.setdefault(table, {})[column] = offer.column.type
        self._all = self._there()
        self.begin(found)
        self._keys = tuple(k for k in bench.schema.foreign_keys if _holds(k, self._tables))
        self._text = "\n".join(bench.asked.texts)

    def begin(self, found: Found) -> None:
        """Go back to all rows and the difference that was found on them."""
        self.found = found
        self._tables = self._all
        self._tries = _MOST_TRIES

    def shrink(self) -> None:
        """Leave out and make plainer whatever can be."""
        self.fewer_columns()
        self.fewer_rows()
        self.plainer_parameters()
        self.plainer_values()
        self.fewer_rows()

    def _there(self) -> Tables:
        """The rows of all tables, in the order in which they lie."""
        tables: Tables = {}
        for table in self._bench.generator.order:
            columns = self._types[table.name]
            if not columns:
                continue
            cells = ", ".join(f"{quote(c)}::text" for c in columns)
            rows = attempted(
                self._bench.guest, f"SELECT {cells} FROM {quote_table(table.name)} ORDER BY ctid"
            )
            if not isinstance(rows, ServerRefusal) and rows:
                tables[table.name] = [_row(columns, row) for row in rows]
        return tables

    def again(self) -> bool:
        """Whether the difference is there when the same rows are put in anew."""
        return self._differs(self._tables, self.found.drawn)

    def _differs(self, tables: Tables, drawn: Drawn) -> bool:
        """Try other rows and parameters; they are kept if the queries differ on them."""
        if self._tries == 0 or time.monotonic() > self._end:
            return False
        if not all(_holds(key, tables) for key in self._keys):
            return False
        self._tries -= 1
        self._bench.clear()
        if not self._bench.generator.put(tables, self._types):
            return False
        for draw in trying.ask(self._bench, [drawn]):
            if draw.found:
                self._tables, self.found = tables, draw.found
                return True
        return False

    def fewer_rows(self) -> None:
        """Leave out rows: half of a table's, then a quarter, then one by one, while any can go."""
        changed = True
        while changed:
            names = [t.name for t in reversed(self._bench.generator.order)]
            changed = sum(self._fewer_of(name) for name in names if name in self._tables) > 0

    def _fewer_of(self, table: str) -> bool:
        before = len(self._tables[table])
        size = before
        while size:
            at = 0
            while at < len(self._tables[table]):
                rows = self._tables[table]
                kept = [*rows[:at], *rows[at + size :]]
                if not self._differs({**self._tables, table: kept}, self.found.drawn):
                    at += size
            size //= 2
        return len(self._tables[table]) < before

    def plainer_parameters(self) -> None:
        """Give each parameter the first value of its type with which the queries differ."""
        for number in sorted(self.found.drawn):
            value = self.found.drawn[number]
            plain = self._bench.plain(number)[:_PLAIN]
            for other in _plainer(value, plain) if number <= self._bench.asked.known else ():
                if self._differs(self._tables, {**self.found.drawn, number: other}):
                    break

    def plainer_values(self) -> None:
        """Put plainer values in place of others, everywhere at once, parameters included."""
        for places in self._together():
            for value in sorted({v for v in self._held(places) if v is not None}):
                plain = self._offers[places[0]].common[:_PLAIN]
                any(self._replaced(places, value, other) for other in _plainer(value, plain))

    def fewer_columns(self) -> None:
        """Have columns that neither query names hold NULL where they may."""
        for (table, column), offer in self._offers.items():
            named = re.search(rf"\b{re.escape(column)}\b", self._text)
            if offer.nullable and not named and self._tables.get(table):
                emptied = self._changed(((table, column),), lambda _: None)
                self._differs(emptied, self.found.drawn)

    def _replaced(self, places: tuple[_Place, ...], value: str, other: str) -> bool:
        tables = self._changed(places, lambda cell: other if cell == value else cell)
        drawn = self.found.drawn
        with_it = {n: other if v == value else v for n, v in drawn.items()}
        ways = (with_it, drawn) if with_it != drawn else (drawn,)
        return any(self._differs(tables, way) for way in ways)

    def _changed(self, places: tuple[_Place, ...], change: _Change) -> Tables:
        return {
            table: [
                {c: change(v) if (table, c) in places else v for c, v in row.items()}
                for row in rows
            ]
            for table, rows in self._tables.items()
        }

    def _held(self, places: Iterable[_Place]) -> Iterator[str | None]:
        return (row[column] for table, column in places for row in self._tables.get(table, ()))

    def _together(self) -> Iterator[tuple[_Place, ...]]:
        """The columns that still hold rows, with those that refer to one another together."""
        group: dict[_Place, set[_Place]] = {p: {p} for p in self._offers if p[0] in self._tables}
        for key in self._keys:
            for mine, theirs in zip(key.columns, key.referenced, strict=True):
                one, other = (key.table, mine), (key.references, theirs)
                if one in group and other in group:
                    both = group[one] | group[other]
                    group |= dict.fromkeys(both, both)
        seen: set[_Place] = set()
        for place, places in group.items():
            if place not in seen and self._tables[place[0]]:
                seen |= places
                yield tuple(sorted(places))

    def counterexample(self) -> Counterexample:
        """What is left, as a person is shown it."""
        known = self._bench.asked.known
        return Counterexample(
            tables=tuple(
                self._shown(t.name) for t in self._bench.generator.order
                if self._tables.get(t.name)
            ),
            parameters=tuple((n, v) for n, v in sorted(self.found.drawn.items()) if n <= known),
            original=self.found.first,
            rewritten=self.found.second,
        )  # fmt: skip

    def _shown(self, table: str) -> Rows:
        """The table's rows without the columns that hold NULL alone, as they do by default."""
        rows = self._tables[table]
        types = {
            column: kind
            for column, kind in self._types[table].items()
            if any(row[column] is not None for row in rows)
            or self._offers[table, column].column.default
        } or dict(list(self._types[table].items())[:1])
        cells = tuple(tuple(row[c] for c in types) for row in rows)
        return Rows(table=table, types=types, rows=cells)


def _row(columns: Mapping[str, str], cells: tuple[object, ...]) -> Row:
    return {c: None if v is None else str(v) for c, v in zip(columns, cells, strict=True)}


def _holds(key: ForeignKey, tables: Tables) -> bool:
    """Whether each row finds the one that it refers to."""
    there = {tuple(row.get(c) for c in key.referenced) for row in tables.get(key.references, ())}
    held = (tuple(row.get(c) for c in key.columns) for row in tables.get(key.table, ()))
    return all(None in values or values in there for values in held)


def _plainer(value: str | None, plain: Iterable[str]) -> list[str]:
    """The values before this one, or all if it is not among them."""
    listed = list(plain)
    return listed[: listed.index(value)] if value in listed else listed
