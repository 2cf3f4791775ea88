"""A rewriting: one way to ask for the same rows in other words, with its cases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.copies import Copies
from blueproof.sql.plainly import say_plainly
from blueproof.sql.plan import Refused
from blueproof.sql.schema import Schema
from blueproof.sql.scopes import Scopes, spell_out
from blueproof.sql.trees import read_tree, write_tree

_Way = tuple[tuple[str, int | None], ...]  # from a tree's top: the part's name, its place in a list
_SAME = 0.001  # relative; the same statement printed anew costs the same


@dataclass(frozen=True, kw_only=True)
class Rewrite:
    """A query's new text, and what must be known to compare its rows with the old one's.

    `text` has the original's parameter numbers; `new` names the parameters beyond those, in
    order, which `seek` supplies. `compared` is the original as far as its order is fixed;
    `never_null` are columns ("orders.note") taken to hold no NULL. `always` advice is about right
    answers, whatever it costs; `instead` is preferred where an index alone would do as well.
    """

    title: str
    text: str
    because: tuple[str, ...]
    evidence: tuple[Citation, ...] = ()
    rule: str = ""
    instead_of: tuple[Alternative, ...] = ()
    trade_offs: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    seek: str = ""
    compared: str = ""
    never_null: tuple[str, ...] = ()
    always: bool = False
    instead: bool = False
    steps: int = 1

    @property
    def simple(self) -> bool:
        """Whether its rows are compared as they are, so that another rewrite may follow."""
        return not (self.new or self.seek or self.compared)


@dataclass(frozen=True, kw_only=True)
class Option:
    """A rewrite, planned; `order` holds the old number of each of its parameters."""

    rewrite: Rewrite
    planned: Planned
    order: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A planned query that may be rewritten, its tree, and the schema's names."""

    database: Database
    query: Planned
    _lent: list[exp.Query] = field(default_factory=list, init=False)

    @property
    def text(self) -> str:
        """The query with its parameters numbered."""
        return self.query.query.text

    @property
    def scopes(self) -> Scopes:
        """Whose column is whose."""
        return Scopes(self.database.schema)

    @cached_property
    def _read(self) -> tuple[exp.Query, str] | None:
        return _read_plainly(self.text, _Names(self.database.schema))

    @property
    def printed(self) -> str:
        """The text of the query's tree; "" where it cannot be read."""
        return self._read[1] if self._read is not None else ""

    @cached_property
    def _tree(self) -> exp.Query | None:
        return self._read[0] if self._read is not None and self.is_faithful(self.printed) else None

    def tree(self) -> exp.Query | None:
        """A copy of the query's tree, to be changed at will until `take_back`.

        None where it would not print as it was read.
        """
        if self.copies is None:
            return None
        self._lent.append(self.copies.borrow())
        return self._lent[-1]

    def take_back(self) -> None:
        """Lend again what was given out by `tree`, where nothing in it was changed."""
        while self._lent and self.copies is not None:
            self.copies.give_back(self._lent.pop())

    @cached_property
    def copies(self) -> Copies | None:
        """Copies of the tree to borrow; None where there is none."""
        return Copies(self._tree) if self._tree is not None else None

    def selects(self) -> Iterator[tuple[exp.Query, exp.Select]]:
        """Each SELECT in the query, with a tree to be changed in, and not to be kept, for each."""
        if self.copies is None:
            return
        tree = self.copies.borrow()
        for way in self._ways:
            tree = self.copies.renew(tree)
            yield tree, _at(tree, way)
        self.copies.give_back(tree)

    @cached_property
    def _ways(self) -> tuple[_Way, ...]:
        """How each SELECT is reached from the top, in the order in which a walk meets them."""
        found = self._tree.find_all(exp.Select) if self._tree is not None else ()
        return tuple(_way(select) for select in found)

    def is_faithful(self, printed: str) -> bool:
        """Whether the tree's text, if there is one, is planned as the person's own is."""
        if not printed:
            return False
        try:
            plan = self.database.planner.plan(printed, self.database.made)
        except Refused:
            return False
        return abs(plan.cost - self.query.cost) <= _SAME * max(self.query.cost, 1.0)


@dataclass(frozen=True, eq=False)
class _Names:
    """A schema as it is: the very same one alone is equal, which is quickly seen."""

    schema: Schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Names) and self.schema is other.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=256)
def _read_plainly(text: str, names: _Names) -> tuple[exp.Query, str] | None:
    """A query's tree in the commonest spelling, and its text; the tree is not to be changed."""
    tree = read_tree(text)
    if tree is None:
        return None
    say_plainly(tree)
    spell_out(tree, Scopes(names.schema))
    return tree, write_tree(tree)


def _way(node: exp.Expr) -> _Way:
    steps: list[tuple[str, int | None]] = []
    while node.parent is not None:
        assert node.arg_key is not None, "a part has a name"
        steps.append((node.arg_key, node.index))
        node = node.parent
    return tuple(reversed(steps))


def _at(tree: exp.Query, way: _Way) -> exp.Select:
    node: exp.Expr = tree
    for key, index in way:
        node = node.args[key] if index is None else node.args[key][index]
    assert isinstance(node, exp.Select), "the tree is as it was when the way was found"
    return node


@dataclass(frozen=True, kw_only=True)
class Rewriting:
    """A way to rewrite queries: `turn` gives new texts of a query, the likeliest first.

    Whether one helps is for the planner to say; whether it gives the same rows, for the proof.
    `beyond` is whether `turn` looks at more than the query's words, the tables and what is known of
    them: at indexes, or at the plan.
    """

    id: str
    title: str
    guide: str
    evidence: tuple[Citation, ...]
    turn: Callable[[Asked], Iterator[Rewrite]]
    cases: tuple[Case, ...]
    beyond: bool = False

    def texts(self, asked: Asked) -> Iterator[Rewrite]:
        """What `turn` gives; at the end the query's trees are there for the next to look at."""
        yield from self.turn(asked)
        asked.take_back()
