"""What a query asks of each table, read off its plan: columns compared, joined, sorted by.

The planner has resolved every name, view and subquery by then, so nothing is guessed: a condition
such as `((o.status = 'open'::text) AND (o.id = c.id))` names its columns in full.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from blueproof.sql.conditions import enclosed, plain, unwrapped, without_alias
from blueproof.sql.lexer import Token, tokens
from blueproof.sql.needed import needed_columns
from blueproof.sql.pasted import is_pasted
from blueproof.sql.plan import Plan
from blueproof.sql.searched import Search, disjuncts, read_searches

_RANGES = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_SUBPLAN_ROW = re.compile(r"\b(?:hashed )?SubPlan \d+\b")
_HASHED = re.compile(r"\bhashed (SubPlan \d+)\b")
# What a subquery gave that runs once, before the rest: as good as a parameter.
_INITPLAN_ROW = re.compile(r"\(InitPlan \d+\)\.col\d+")
_WAY = re.compile(r"(?: DESC)?(?: NULLS (?:FIRST|LAST))?\Z")
_NULLS = ("", "NULLS FIRST", "NULLS LAST")
_NOTHING = (Token("space", "", 0),) * 3


@dataclass(frozen=True, kw_only=True)
class SortKey:
    """A column to sort by; `nulls_first` is PostgreSQL's default for DESC, not for ASC."""

    column: str
    descending: bool = False
    nulls_first: bool = False

    def __str__(self) -> str:
        usual = self.nulls_first == self.descending
        nulls = "" if usual else f" NULLS {'FIRST' if self.nulls_first else 'LAST'}"
        return f"{self.column}{' DESC' if self.descending else ''}{nulls}"


@dataclass(frozen=True, kw_only=True)
class Use:
    """How one query reads one table under one alias.

    `equal` are columns held against a value, `joined` against what another table's columns say,
    `ranges` against a bound, or not NULL; `prefixed` are LIKE 'abc%', `wrapped` expressions that
    are compared ("lower(email)") with the first column inside. `fixed` are the conditions among
    `equal` that name a constant, each with its column; `unread` counts conditions that none of
    these lists holds. `searched` are conditions that only an inverted or spatial index serves (@>,
    @@, ILIKE), `either` the columns of conditions under OR, `grouped` those of a GROUP BY over this
    table alone, `sorted_by` the keys of a sort over it as an index says them, where one of them is
    an expression; `needed` all columns that the query reads, empty where that is every one. A
    partitioned table shows as its partitions.
    """

    table: str
    alias: str
    node: str
    rows: float
    equal: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    prefixed: tuple[str, ...] = ()
    wrapped: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    unread: int = 0
    sort: tuple[SortKey, ...] = ()
    searched: tuple[Search, ...] = ()
    either: tuple[str, ...] = ()
    grouped: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


@dataclass
class _Found:
    """What has been collected for one alias so far."""

    node: Plan
    equal: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    prefixed: list[str] = field(default_factory=list)
    wrapped: list[tuple[str, str]] = field(default_factory=list)
    fixed: list[tuple[str, str]] = field(default_factory=list)
    unread: int = 0
    sort: list[SortKey] = field(default_factory=list)
    searched: list[Search] = field(default_factory=list)
    either: list[str] = field(default_factory=list)
    grouped: list[str] = field(default_factory=list)
    sorted_by: list[str] = field(default_factory=list)

    @property
    def booked(self) -> tuple[int, int]:
        """How many columns were booked as equal, and how many at all."""
        return len(self.equal), len(self.equal) + len(self.joined) + len(self.ranges)


@lru_cache(maxsize=256)
def read_uses(plan: Plan) -> tuple[Use, ...]:
    """How the planned query reads each of its tables, in the plan's order."""
    found = {n.alias: _Found(node=n) for n in plan.walk() if n.relation and n.alias}
    texts = (t for n in plan.walk() for t in (*n.conditions, n.filter, *n.output))
    hashed = {name for text in texts for name in _HASHED.findall(text)}
    for node in plan.walk():
        for condition in (*node.conditions, node.filter):
            for text in split_and(condition):
                _note_and_count(text, found)
        if node.subplan in hashed:
            _note_subplan(node, found)
        _note_sort(node.sort, found)
        _note_group(node.group, found)
    needed = needed_columns(plan, frozenset(found))
    return tuple(_use(alias, f, needed[alias]) for alias, f in found.items())


def _use(alias: str, found: _Found, needed: tuple[str, ...]) -> Use:
    def once(names: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    return Use(
        table=found.node.relation,
        alias=alias,
        node=found.node.node,
        rows=found.node.rows,
        equal=once(found.equal),
        joined=once(found.joined),
        ranges=once(found.ranges),
        prefixed=once(found.prefixed),
        wrapped=tuple(dict.fromkeys(found.wrapped)),
        fixed=tuple(dict.fromkeys(found.fixed)),
        unread=found.unread,
        sort=tuple(found.sort),
        searched=tuple(dict.fromkeys(found.searched)),
        either=once(found.either),
        grouped=once(found.grouped),
        sorted_by=tuple(found.sorted_by),
        needed=needed,
    )


def _note_and_count(text: str, found: dict[str, _Found]) -> None:
    """Book one conjunct, and keep count of those that speak of a table and were not booked."""
    about = {plain(t) for t, dot in pairwise([*tokens(text), _NOTHING[0]]) if dot.text == "."}
    named = [alias for alias in about if alias in found]
    before = {alias: found[alias].booked for alias in named}
    _note_text(text, found)
    for alias in named:
        equal, booked = before[alias]
        if found[alias].booked[1] == booked:
            found[alias].unread += 1
        elif found[alias].booked[0] == equal + 1 and len(named) == 1 and "$" not in text:
            fixed = (found[alias].equal[-1], unwrapped(without_alias(text, alias)))
            found[alias].fixed.append(fixed)


def _note_text(text: str, found: dict[str, _Found]) -> None:
    """Book one conjunct; what cannot be read is left out, so that nothing is built on a guess."""
    if _SUBPLAN_ROW.search(text):
        return
    either = disjuncts(text)
    if len(either) > 1:
        _note_either(either, found)
        return
    for search in read_searches(text):
        if search.alias in found:
            found[search.alias].searched.append(search)
    settled = _INITPLAN_ROW.sub("$1", text)
    tree = _tree(settled)
    if tree is not None:
        _note(_bare(tree), settled, found)


@lru_cache(maxsize=1024)
def _tree(condition: str) -> exp.Expr | None:
    """What a condition says, only to be looked at; None where it cannot be read."""
    try:
        # In parentheses, or a table called "comment" would begin a statement of that name.
        return sqlglot.parse_one(f"({condition})", read="postgres")
    except (ParseError, TokenError):
        return None


def _note_either(parts: list[str], found: dict[str, _Found]) -> None:
    """Book the columns of each side of an OR: together, indexes on them can serve it."""
    apart = {alias: _Found(node=f.node) for alias, f in found.items()}
    for part in parts:
        for conjunct in split_and(part):
            _note_text(conjunct, apart)
    for alias, inside in apart.items():
        found[alias].either += [*inside.equal, *inside.ranges, *inside.joined]


def split_and(condition: str) -> list[str]:
    """The conjuncts of a condition as EXPLAIN prints it.

    >>> split_and("((a = 1) AND ((b = 2) AND (c = 3)))")
    ['(a = 1)', '(b = 2)', '(c = 3)']
    """
    text = condition.strip()
    if not text:
        return []
    depth, start, parts = 0, 0, []
    inner = text[1:-1] if enclosed(text) else text
    for token in tokens(inner):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "name" and token.text == "AND":
            parts.append(inner[start : token.start])
            start = token.start + len(token.text)
    if not parts:
        return [text]
    return [piece for part in (*parts, inner[start:]) for piece in split_and(part)]


def _bare(tree: exp.Expr) -> exp.Expr:
    """The tree without parentheses and without casts that change no order (varchar to text)."""
    bare = _inside(tree)
    if isinstance(bare, exp.Cast) and bare.to.is_type("text", "varchar"):
        inner = _inside(bare.this)
        return inner if isinstance(inner, exp.Column) else bare
    return bare


def _inside(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree


def _note(tree: exp.Expr, text: str, found: dict[str, _Found]) -> None:
    """Book one conjunct on the tables whose columns it compares."""
    if isinstance(tree, exp.Column):
        _book(tree, found, "equal")
    elif isinstance(tree, exp.Not):
        _book(_bare(tree.this), found, "equal")
    elif isinstance(tree, exp.Is):
        valued = tree.args.get("negate")  # what is not NULL lies in one stretch of a B-tree
        if not valued or isinstance(tree.expression, exp.Null):
            _book(_bare(tree.this), found, "ranges" if valued else "equal")
    elif isinstance(tree, (exp.EQ, *_RANGES)):
        _note_comparison(tree, text, found)
    elif isinstance(tree, exp.Like) and not tree.args.get("negate"):
        _note_like(tree, found)


def _note_comparison(tree: exp.Binary, text: str, found: dict[str, _Found]) -> None:
    left, right = _bare(tree.this), _bare(tree.expression)
    texts = _sides(text)
    for side, other, words in ((left, right, texts[0]), (right, left, texts[1])):
        others = _aliases(other)
        if others & _aliases(side):
            continue  # two columns of one row: no index holds one against the other
        for column in _compared(side):
            kind = "ranges" if isinstance(tree, _RANGES) else "joined" if others else "equal"
            _book(column, found, kind)
        if not _compared(side) and (not others or isinstance(tree, exp.EQ)):
            _book_wrapped(side, words, found)


def _compared(side: exp.Expr) -> list[exp.Expr]:
    """The bare columns on one side: the column itself, or those of a row such as ROW(a, b)."""
    if isinstance(side, exp.Anonymous) and side.name.upper() == "ROW":
        return [_bare(part) for part in side.expressions]
    return [side] if isinstance(side, exp.Column) else []


def _sides(text: str) -> tuple[str, str]:
    """The texts on both sides of a comparison such as "(lower(c.email) = $1)"."""
    inner = text[1:-1] if enclosed(text) else text
    depth, edges = 0, []
    for token in tokens(inner):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text in {"=", "<", ">"}:
            edges.append(token.start)
    if not edges:
        return "", ""
    return inner[: edges[0]].strip(), inner[edges[-1] + 1 :].strip()


def _aliases(tree: exp.Expr) -> set[str]:
    """The tables whose columns stand in the tree, by alias."""
    return {column.table for column in tree.find_all(exp.Column)}


def _note_like(tree: exp.Like, found: dict[str, _Found]) -> None:
    """Book LIKE 'abc%'; of a parameter or a leading % nobody knows how the text begins."""
    pattern = _inside(tree.expression)
    while isinstance(pattern, exp.Cast):
        pattern = _inside(pattern.this)
    if isinstance(pattern, exp.Literal) and pattern.this[:1] not in {"", "%", "_"}:
        _book(_bare(tree.this), found, "prefixed")


def _book(tree: exp.Expr, found: dict[str, _Found], kind: str) -> None:
    if isinstance(tree, exp.Column) and tree.table in found:
        getattr(found[tree.table], kind).append(tree.name)


def _book_wrapped(tree: exp.Expr, text: str, found: dict[str, _Found]) -> None:
    """Book an expression over a table's columns that an index could hold: no parameter, no ANY."""
    columns = list(tree.find_all(exp.Column))
    aliases = {column.table for column in columns}
    if len(aliases) != 1 or not aliases <= set(found) or tree.find(exp.Parameter, exp.Any):
        return
    alias, name = columns[0].table, columns[0].name
    if is_pasted(text):
        return
    found[alias].wrapped.append((unwrapped(without_alias(text, alias)), name))


def _note_sort(keys: tuple[str, ...], found: dict[str, _Found]) -> None:
    """Book a sort whose keys all are plain columns of one table."""
    read = [key for key in map(_sort_key, keys) if key]
    aliases = {alias for alias, _ in read}
    if len(read) < len(keys):
        _note_computed_sort(keys, found)
        return
    if not read or len(aliases) != 1 or not aliases <= set(found):
        return
    target = found[aliases.pop()]
    if not target.sort:
        target.sort.extend(key for _, key in read)


def _note_computed_sort(keys: tuple[str, ...], found: dict[str, _Found]) -> None:
    """Book a sort by expressions over one table that an index could hold."""
    aliases = {
        plain(t)
        for key in keys
        for t, dot in pairwise([*tokens(key), _NOTHING[0]])
        if dot.text == "."
    } - {""}
    if len(aliases) != 1 or not aliases <= set(found) or any(map(_is_no_key, keys)):
        return
    (alias,) = aliases
    if not found[alias].sorted_by:
        found[alias].sorted_by += [_index_key(key, alias) for key in keys]


def _is_no_key(text: str) -> bool:
    """Whether no index can hold a sort key, or one on it would serve one question only."""
    kinds = {t.kind for t in tokens(text)}
    return (
        "parameter" in kinds or "Plan " in text or " USING " in text or is_pasted(text, sorts=True)
    )


def _index_key(text: str, alias: str) -> str:
    """A sort key as an index says it: (coalesce(a, b)) DESC."""
    way = _WAY.search(text)
    end = way[0] if way else ""
    inner = unwrapped(without_alias(text.removesuffix(end), alias))
    marks = list(tokens(inner))
    return f"{inner}{end}" if len(marks) == 1 else f"({inner}){end}"


def _note_subplan(node: Plan, found: dict[str, _Found]) -> None:
    """Book what a hashed subquery hands up: an index that finds it may spare the hashing.

    It is compared outside, so no condition inside says so.
    """
    for alias, key in filter(None, map(_sort_key, node.output)):
        if alias in found:
            found[alias].joined.append(key.column)


def _note_group(keys: tuple[str, ...], found: dict[str, _Found]) -> None:
    """Book a grouping whose keys all are plain columns of one table."""
    read = [key for key in map(_sort_key, keys) if key]
    aliases = {alias for alias, _ in read}
    if read and len(read) == len(keys) and len(aliases) == 1 and aliases <= set(found):
        found[aliases.pop()].grouped += [key.column for _, key in read]


def _sort_key(text: str) -> tuple[str, SortKey] | None:
    """Alias and key of a sort key as EXPLAIN prints it; None for an expression or a collation."""
    alias, dot, column, *rest = [*(t for t in tokens(text) if t.kind != "space"), *_NOTHING]
    way = " ".join(t.text for t in rest if t.text)
    descending = way.startswith("DESC")
    nulls = way.removeprefix("DESC").strip()
    if not (plain(alias) and dot.text == "." and plain(column)) or nulls not in _NULLS:
        return None
    first = nulls == "NULLS FIRST" if nulls else descending
    return plain(alias), SortKey(column=plain(column), descending=descending, nulls_first=first)
