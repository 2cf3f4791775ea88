"""What is made from a story, and what of it was guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from blueproof.advisors.known.reproduction.bloated import Bloated
from blueproof.advisors.known.reproduction.dead import Dead
from blueproof.advisors.known.reproduction.misjudged import Misjudged
from blueproof.sql.guessing.rows import Shape
from blueproof.sql.guessing.tables import Guess

TOGETHER = ";\n"  # between the definitions of indexes that serve only together
# What the person has, wants, or was advised: something to build, to set, or only to speak of.
ProposalKind = Literal["index", "setting", "spoken"]


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """A sentence that was guessed, and what it rests on."""

    says: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Another remedy, in the person's words or a usual one; `ours` is whether nobody asked for it.

    `definition` is what CREATE INDEX says after the name, of several with TOGETHER between them, or
    SET and its value; `answer` what is
    said of one that no machine tries.
    """

    said: str
    kind: ProposalKind
    definition: str = ""
    answer: str = ""
    ours: bool = False

    @property
    def definitions(self) -> tuple[str, ...]:
        """Each index of it."""
        return tuple(self.definition.split(TOGETHER))


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """Tables and queries made from words, before anything is known of their rows.

    `ddl` is what of the schema the person gave; `queries` are SQL, one statement each; `there` are
    indexes that are said to exist, as DDL; `main` is the table that it is about; `text` is the
    file that the queries were handed over in, if they were; `notes` are sentences on what no clock
    of one session shows; `moved` is SQL that lays the rows of the main table otherwise; `supposed`
    are rows of tables of which nothing is told; `fresh` is whether figures must be
    those of the moment, `most` whether most of the rows are wanted, `spills` whether a sort is said
    to be written to disk, `prepared` whether it is said to be fast with the value in its text, and
    slow with a parameter; `misjudged` are tables of which more rows come than the planner expects,
    `bloated` those that have more pages than rows, `dead` those with more dead rows than live ones;
    `part` is how many of the rows that could be made are made; `first` is how many of those that
    come are read, `unordered` whether any order is said to do.
    """

    queries: tuple[str, ...]
    guess: Guess
    main: str
    ddl: str = ""
    there: tuple[str, ...] = ()
    text: str = ""
    notes: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    shape: Shape = field(default_factory=Shape)
    proposals: tuple[Proposal, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    moved: str = ""
    fresh: bool = False
    most: bool = False
    spills: bool = False
    prepared: bool = False
    misjudged: tuple[Misjudged, ...] = ()
    bloated: tuple[Bloated, ...] = ()
    dead: tuple[Dead, ...] = ()
    supposed: Mapping[str, int] = field(default_factory=dict)
    part: float = 1.0
    first: int = 0
    unordered: bool = False

    @property
    def tables(self) -> str:
        """DDL of the tables alone, which rows come into first."""
        return f"{self.ddl}{self.guess.made}"

    @property
    def keys(self) -> str:
        """DDL of what is made once the rows are there: foreign keys, and the indexes told."""
        return f"{self.guess.keys}{''.join(f'{each};{chr(10)}' for each in self.there)}"

    @property
    def schema(self) -> str:
        """All the DDL."""
        return f"{self.tables}{self.keys}"

    @property
    def script(self) -> str:
        """The queries as one text."""
        return self.text or "".join(f"{query};\n" for query in self.queries)
