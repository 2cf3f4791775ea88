"""Calls in a condition that no row changes, put into a subquery that PostgreSQL answers once.

Read from conditions as pg_get_expr prints them: every cast, and parentheses around every operator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.sql.editing import significant
from blueproof.sql.lexer import Token

SETTING = "current_setting"
# PostgreSQL's own that answer alike within a statement, and that policies pass identities through.
_OWN = frozenset({
    *(SETTING, "nullif", "coalesce", "lower", "upper", "btrim", "split_part", "string_to_array"),
    *("jsonb_extract_path_text", "json_extract_path_text"),
})  # fmt: skip
_WORDS = frozenset({
    *("null", "true", "false", "and", "or", "not", "is", "like", "ilike"),
    *("current_user", "session_user", "current_role", "user", "current_date", "current_timestamp"),
})  # fmt: skip
_TYPE_GOES_ON = frozenset({"varying", "precision", "with", "without", "time", "zone"})
_TAKES_A_LIST = frozenset({"any", "all", "some", "in"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a function that is no operator: its name, and the text of its arguments."""

    name: str
    arguments: str

    def __str__(self) -> str:
        return f"{self.name}({self.arguments})"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition, read; `stable` are functions of the schema that answer alike in a statement."""

    text: str
    stable: frozenset[str]

    @cached_property
    def _marks(self) -> list[Token]:
        return significant(self.text)

    @cached_property
    def _pairs(self) -> dict[int, int]:
        """Where each parenthesis that opens is closed, by number of token."""
        waiting, found = [], {}
        for at, mark in enumerate(self._marks):
            if mark.text == "(":
                waiting.append(at)
            elif mark.text == ")" and waiting:
                found[waiting.pop()] = at
        return found

    @cached_property
    def _types(self) -> frozenset[int]:
        """The tokens that name a type, after ::."""
        casts = (at for at, mark in enumerate(self._marks) if mark.text == "::")
        return frozenset(n for at in casts for n in range(at + 1, self._past_type(at + 1)))

    def asked_once(self) -> tuple[str, tuple[Call, ...]]:
        """The condition with each such call in a subquery, and the calls; as it is without any."""
        spans = sorted({span for span in map(self._span, self._row_free()) if span})
        outer = [
            s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)
        ]
        text = self.text
        for first, last in reversed(outer):
            begin, end = self._marks[first].start, self._end(last)
            inner = self._bare(first, last)
            text = f"{text[:begin]}(SELECT {inner}){text[end:]}"
        inside = (at for at in self._row_free() for s in outer if s[0] <= at <= s[1])
        return text, tuple(dict.fromkeys(self._call(at) for at in inside))

    def of_the_row(self) -> tuple[Call, ...]:
        """The calls of the schema's own functions whose arguments a row changes."""
        found = (at for at in self._calls() if self._name(at) in self.stable)
        rows = (at for at in found if not self._is_free(at + 1, self._pairs[at + 1]))
        return tuple(dict.fromkeys(self._call(at) for at in rows))

    def _calls(self) -> Iterator[int]:
        """The last word of each name that an opening parenthesis follows."""
        for at, mark in enumerate(self._marks[:-1]):
            named = mark.kind in {"name", "quoted_name"} and at not in self._types
            if named and at + 1 in self._pairs:
                yield at

    def _row_free(self) -> Iterator[int]:
        """The calls of stable functions whose arguments are the same for every row."""
        for at in self._calls():
            known = self._name(at) in self.stable or self._name(at) == SETTING
            if known and self._is_free(at + 1, self._pairs[at + 1]) and not self._is_once(at):
                yield at

    def _call(self, at: int) -> Call:
        opened, closed = self._marks[at + 1], self._marks[self._pairs[at + 1]]
        return Call(name=self._name(at), arguments=self.text[opened.start + 1 : closed.start])

    def _first(self, at: int) -> int:
        """Where the name begins that ends here: its schema may stand before it."""
        qualified = at > 1 and self._marks[at - 1].text == "."
        return self._first(at - 2) if qualified else at

    def _name(self, at: int) -> str:
        name = "".join(mark.text for mark in self._marks[self._first(at) : at + 1])
        return name.removeprefix("pg_catalog.").replace('"', "")

    def _is_free(self, first: int, last: int) -> bool:
        """Whether nothing between two tokens is of a row: no column, no subquery, no such call."""
        calls = {n for at in self._calls() for n in range(self._first(at), at + 1)}
        named = [at for at in self._calls() if first < at < last]
        known = all(self._name(at).lower() in _OWN or self._name(at) in self.stable for at in named)
        return known and all(
            at in calls or at in self._types or self._marks[at].text.lower() in _WORDS
            for at in range(first, last + 1)
            if self._marks[at].kind in {"name", "quoted_name", "parameter"}
        )

    def _around(self, first: int, last: int) -> tuple[int, int] | None:
        """The innermost parentheses around some tokens."""
        around = [(o, c) for o, c in self._pairs.items() if o < first and last < c]
        return max(around, default=None)

    def _is_once(self, at: int) -> bool:
        """Whether it stands in a subquery that reads no table: that is answered once already."""
        inside: tuple[int, int] | None = (at, at)
        while inside and (inside := self._around(*inside)):
            first, last = inside
            words = {m.text.upper() for m in self._marks[first + 1 : last]}
            if self._marks[first + 1].text.upper() == "SELECT" and "FROM" not in words:
                return True
        return False

    def _span(self, at: int) -> tuple[int, int] | None:
        """The widest expression around a call that no row changes; None where it is no gain.

        The whole condition is none: the planner asks it once before any row is read.
        """
        found = self._first(at), self._pairs[at + 1]
        best = found if self._may_be_asked(*found) else None
        while wider := self._wider(*found):
            found = wider
            best = found if self._may_be_asked(*found) else best
        whole = self._around(*best) is None if best else True
        return None if whole and best and best == (0, len(self._marks) - 1) else best

    def _wider(self, first: int, last: int) -> tuple[int, int] | None:
        """The expression with the cast after it, or with what is in parentheses with it."""
        if last + 1 < len(self._marks) and self._marks[last + 1].text == "::":
            return first, self._past_type(last + 2) - 1
        around = self._around(first, last)
        if around is None or not self._is_free(*around):
            return None
        before = around[0] - 1
        if before not in set(self._calls()):
            return around
        name = self._name(before)
        known = name.lower() in _OWN or name in self.stable
        return (self._first(before), around[1]) if known else None

    def _may_be_asked(self, first: int, last: int) -> bool:
        """Whether a subquery may stand here: after ANY or IN it would be read as a list of rows."""
        while first and self._marks[first - 1].text == "(" and self._pairs[first - 1] == last + 1:
            first, last = first - 1, last + 1
        return first == 0 or self._marks[first - 1].text.lower() not in _TAKES_A_LIST

    def _past_type(self, at: int) -> int:
        """The token after the type that begins here."""
        marks = self._marks
        while at < len(marks) and (
            marks[at].kind == "quoted_name" or marks[at].kind == "name" or marks[at].text == "."
        ):
            at += 1
            goes_on = at < len(marks) and marks[at].text.lower() in {*_TYPE_GOES_ON, "."}
            if not goes_on and marks[at - 1].text != ".":
                break
        if at + 2 < len(marks) and marks[at].text == "(" and marks[at + 1].kind == "number":
            at = self._closed(at) + 1
        while at + 1 < len(marks) and (marks[at].text, marks[at + 1].text) == ("[", "]"):
            at += 2
        return at

    def _closed(self, opened: int) -> int:
        return next(n for n in range(opened, len(self._marks)) if self._marks[n].text == ")")

    def _end(self, last: int) -> int:
        return self._marks[last].start + len(self._marks[last].text)

    def _bare(self, first: int, last: int) -> str:
        """The text of an expression, without parentheses around the whole of it."""
        while self._pairs.get(first) == last:
            first, last = first + 1, last - 1
        return self.text[self._marks[first].start : self._end(last)]
