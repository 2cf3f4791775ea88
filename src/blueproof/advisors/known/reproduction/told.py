"""A query written from what a story tells: its conditions, order, joins, limit, what it does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from blueproof.advisors.known.reproduction.reproduction import Assumed, Proposal
from blueproof.advisors.known.slow.story import Condition, Story
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import guess_column, is_called, snake, stem_of
from blueproof.sql.guessing.seen import Seen
from blueproof.sql.guessing.tables import Link
from blueproof.sql.names import quote, quote_table

_PAGE = 50  # rows of a list whose length is not told
_SKIPPED = 100_000  # rows before a page that is called deep, where no number is told
_DAYS = 30  # of a range of time that is not told
_WINDOW = LatePattern(
    r"\b(?:last|past|older than|previous|within|this|that|current|first of the|start of the"
    r"|beginning of the)\s+(?P<n>\d+)?\s*(?P<unit>hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
# That a text is looked for in a part of the column: what a search field does.
_IN_PART = LatePattern(
    r"\b(?:anywhere in|part of (?:the|a)|typed (?:letters|text|in)|letters typed|as you type"
    r"|autocomplete"
    r"|type-?ahead|search(?:es|ing)? (?:\w+ ){0,2}by|search (?:box|field|bar)|substring|contain\w*"
    r"|fuzzy)\b",
    re.IGNORECASE,
)
_OUTER = LatePattern(
    r"\bleft (?:outer )?join(?:s|ed|ing)?\s+(?:is\s+)?(?:between|of|from)\s+(?:the\s+)?"
    r"[`\"]?(?P<t>[a-z_]\w*)",
    re.IGNORECASE,
)
_WRITTEN = {
    "one-of": "{column} IN ({first}, {second})",
    "contains-text": "{column} ILIKE '%' || {first} || '%'",
    "starts-with": "{column} LIKE {first} || '%'",
    "contains": "{column} @> {first}",
}
_PAGE_NUMBER = LatePattern(
    r"\bpage\s+(?P<n>\d[\d,]*)\b|\boffset\s+(?:of\s+)?(?P<o>\d[\d,]*)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A query with the sentences on what in it was guessed.

    `ddl` are its tables where the query alone does not tell them, `links` their foreign keys,
    `rows` how many each is taken to have, `proposals` what to try there.
    """

    sql: str
    table: str
    assumed: tuple[Assumed, ...] = ()
    ddl: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()


def write_query(story: Story, text: str, table: str) -> Written:
    """The query of a story over this table; values that it does not tell are parameters."""
    writer = _Writer(story, text, table)
    return Written(sql=writer.sql(), table=table, assumed=tuple(writer.assumed))


class _Writer:
    """Writes one query; parameters are numbered as they come."""

    def __init__(self, story: Story, text: str, table: str) -> None:
        self._story, self._text, self._table = story, text, table
        self._number = 0
        self.assumed: list[Assumed] = []

    def sql(self) -> str:
        story = self._story
        ordered = {s.column for s in story.sorts}
        where = [
            self._condition(f)
            for f in story.filters
            if f.where or f.use != "equals" or f.column not in ordered  # "query sorts by score"
        ]
        joined = self._joins()
        glue = " OR " if story.either and len(where) > 1 and not joined else " AND "
        wheres = f"\nWHERE {glue.join(where)}" if where else ""
        source = self._outer() or f"FROM {quote_table(self._table)}{joined}"
        if story.deletes:
            return f"DELETE {source}{wheres or self._old_rows()}"
        if story.sums:
            return self._summed(source, wheres)
        if story.distinct:
            return f"SELECT DISTINCT {self._column(story.distinct)} {source}{wheres}"
        if story.counts and not story.sorts:
            return f"SELECT count(*) {source}{wheres}"
        return f"SELECT * {source}{wheres}{self._order()}"

    def _summed(self, source: str, wheres: str) -> str:
        story = self._story
        figures = ", ".join(story.sums)
        if story.by_each:
            each = self._column(story.by_each)
            return f"SELECT {each}, {figures} {source}{wheres}\nGROUP BY {each}"
        if not story.by_time:
            return f"SELECT {figures} {source}{wheres}"
        times = (f.column for f in story.filters if f.use == "range")
        time = self._column(next(times, story.time or "created_at"))
        unit = story.by_time
        return (
            f"SELECT date_trunc('{unit}', {time}) AS {unit}, {figures} {source}{wheres}"
            "\nGROUP BY 1\nORDER BY 1"
        )

    def _parameter(self) -> str:
        self._number += 1
        return f"${self._number}"

    def _column(self, name: str, table: str = "") -> str:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            return name  # an expression, as it was written
        model = bool(table) and is_called(self._table, snake(table))  # Order.user_id of orders
        owner = self._table if model or not table else table
        owner = owner if table or self._story.joins else ""
        return f"{quote_table(owner)}.{quote(name)}" if owner else quote(name)

    def _condition(self, told: Condition) -> str:
        column = self._column(told.column, told.table)
        if told.where and told.use in {"fixed", "equals", "range"}:
            return told.where.replace(told.column, column, 1)
        if told.sliced:
            return self._sliced(told, column)
        if told.use == "range":
            return self._range(told, column)
        use = told.use
        if use == "equals" and _IN_PART.search(self._text):
            seen = guess_column(Seen(name=told.column)).kind
            use = "contains-text" if seen in {"label", "words", "email"} else use
        first = self._parameter()
        if told.others:
            all_ = (column, *(self._column(c) for c in told.others))
            return f"({' OR '.join(_WRITTEN[use].format(column=c, first=first) for c in all_)})"
        second = self._parameter() if use == "one-of" else ""
        written = _WRITTEN.get(use, "{column} = {first}")
        return written.format(column=column, first=first, second=second)

    def _sliced(self, told: Condition, column: str) -> str:
        match told.sliced:
            case "::date" | "date":
                return f"{column}::date = current_date - 7"
            case "year" | "month" | "extract":
                return f"extract(year FROM {column}) = extract(year FROM current_date)"
            case "to_char":
                return f"to_char({column}, 'YYYY-MM') = to_char(current_date, 'YYYY-MM')"
            case _:
                return f"date_trunc('month', {column}) = date_trunc('month', current_date)"

    def _range(self, told: Condition, column: str) -> str:
        kind = guess_column(Seen(name=told.column)).kind
        sign = "<" if self._story.deletes else ">="
        if kind in {"time", "seldom-time", "date"}:
            return f"{column} {sign} now() - interval '{self._window(told.column)}'"
        return f"{column} BETWEEN {self._parameter()} AND {self._parameter()}"

    def _window(self, column: str) -> str:
        found = _WINDOW.search(self._text)
        if found:
            return f"{found['n'] or 1} {found['unit'].lower()}s"
        says = f"the range of {column} is the last {_DAYS} days"
        self.assumed.append(Assumed(says=says, why="you tell no length"))
        return f"{_DAYS} days"

    def _old_rows(self) -> str:
        return f"\nWHERE created_at < now() - interval '{self._window('created_at')}'"

    def _joins(self) -> str:
        """JOIN for each table that the words join, by the column that refers."""
        parts = []
        for each in self._story.joins:
            left, right = each.table or self._table, self._other(each)
            if not right or right == left:
                continue
            on = f"{quote_table(left)}.{quote(each.column)} = {quote_table(right)}.id"
            new = right if left == self._table else left
            if new != self._table:
                parts.append(f"\nJOIN {quote_table(new)} ON {on}")
        return "".join(dict.fromkeys(parts))

    def _outer(self) -> str:
        """FROM and the one outer join that the words tell, all rows of the table named first."""
        found = _OUTER.search(self._text)
        if found is None or len(self._story.joins) != 1 or self._story.filters:
            return ""
        join = self._story.joins[0]
        left, right = join.table or self._table, self._other(join)
        named = {snake(t): t for t in (left, right) if t}
        first = named.get(snake(found["t"]), "")
        if len(named) == 1 or first != right:
            return ""
        on = f"{quote_table(left)}.{quote(join.column)} = {quote_table(right)}.id"
        return f"FROM {quote_table(right)}\nLEFT JOIN {quote_table(left)} ON {on}"

    def _other(self, join: Condition) -> str:
        """The table that a column refers to: one that is named, else the plural of its name."""
        stem = stem_of(join.column)
        named = [w for w in re.findall(r"[A-Za-z_]\w*", self._text) if snake(w) in
                 {stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies"}]  # fmt: skip
        return named[0].lower() if named else f"{stem}s" if stem else ""

    def _order(self) -> str:
        story = self._story
        sorts = [f"{self._column(s.column, s.table)}{' DESC' * s.descending}" for s in story.sorts]
        order = f"\nORDER BY {', '.join(sorts)}" if sorts else ""
        if story.skips:
            page = f"LIMIT {story.limit or _PAGE} OFFSET {self._skipped()}"
            return f"{order or self._by_default()}\n{page}"
        if story.limit or sorts:
            if not story.limit:
                says = f"a page is {_PAGE} rows"
                self.assumed.append(Assumed(says=says, why="you sort, and tell no LIMIT"))
            return f"{order}\nLIMIT {story.limit or _PAGE}"
        if self._outer():
            says = f"a page of {_PAGE} rows is asked for"
            self.assumed.append(
                Assumed(says=says, why="you tell of a left join, and of no condition")
            )
            return f"\nLIMIT {_PAGE}"
        return order

    def _by_default(self) -> str:
        says = "the pages are sorted by created_at, newest first"
        self.assumed.append(Assumed(says=says, why="you tell of pages, and no order"))
        return "\nORDER BY created_at DESC"

    def _skipped(self) -> int:
        found = _PAGE_NUMBER.search(self._text)
        if found and found["o"]:
            return int(found["o"].replace(",", ""))
        if found:
            return int(found["n"].replace(",", "")) * int(self._story.limit or _PAGE)
        says = f"the page begins after {_SKIPPED:,} rows"
        self.assumed.append(Assumed(says=says, why="you tell no number"))
        return _SKIPPED
