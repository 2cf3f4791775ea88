"""What the words tell of a data model: entities, how they hang together, and rules."""

from dataclasses import dataclass
from typing import Literal

Isolation = Literal["", "setting", "supabase"]


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A thing with rows of its own; `attributes` are those that the words name.

    `values` are, for an attribute, those that it may have where the words list them.
    """

    noun: str
    attributes: tuple[str, ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Each `child` has one `parent`, or each may have several of the other (`many`).

    `why` is empty where the words say it, else what the guess rests on. `payload` are columns of
    the pair ("a kit consists of models with quantities"), `role` what the parent is to the child,
    `optional` whether some children have none.
    """

    child: str
    parent: str
    many: bool = False
    why: str = ""
    payload: tuple[str, ...] = ()
    role: str = ""
    optional: bool = False


NeedKind = Literal[
    "history", "overlap", "tree", "either", "unique", "append", "states", "movements", "capacity",
    "languages", "soft", "audit", "handed", "stocked", "agreed", "marked", "flow", "gapless",
    "frozen", "range", "queue", "one_of", "empty", "hours", "numbered", "by", "mutual",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Need:
    """A rule or a record that the words ask for, of the rows of `noun`.

    `of` are the nouns that it holds for each of, `columns` those that it is about, `most` a number
    that may not be passed and `least` the lowest, `pairs` are steps that a status may take, and
    `words` are the person's.
    """

    kind: NeedKind
    noun: str
    of: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    most: int = 0
    least: int = 0
    pairs: tuple[tuple[str, str], ...] = ()
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What is read often: rows of `noun`, of one `of`, by `column`, the newest first."""

    noun: str
    of: str = ""
    column: str = ""
    newest: bool = False
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The whole: entities in the order they are named, relations, and the rules asked for.

    `tenant` is the entity whose rows are kept apart; `exclusive` are the entities that must not be
    booked twice at a time, `booking` what books them. `closed` is whether an API serves the
    tables to anybody, and nothing told says who may see what. `unheld` are the person's clauses
    that ask for a rule which was not understood; `unplaced` are things that they speak of and that
    are in no table; `sells` is whether they speak of money at all,
    `request` the whole as it was put.
    """

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...] = ()
    tenant: str = ""
    tenant_why: str = ""
    isolation: Isolation = ""
    booking: str = ""
    exclusive: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    closed: bool = False
    unheld: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    reads: tuple[Reads, ...] = ()
    sells: bool = True
    request: str = ""

    @property
    def nouns(self) -> tuple[str, ...]:
        """The entities' nouns."""
        return tuple(e.noun for e in self.entities)
