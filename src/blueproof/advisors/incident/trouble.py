"""What is said of one trouble: its cause, what tells it apart, what stops it first, the cure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.known.entries import everything as entries
from blueproof.core.advice import Step
from blueproof.core.blueprint import Hypothesis
from blueproof.core.evidence import Citation
from blueproof.facts.entries import Failure
from blueproof.facts.pattern import LatePattern

READ = date(2026, 12, 1)  # the day on which the pages of `source` were opened


def words(pattern: str) -> LatePattern:
    """The pattern, whatever the case of its letters."""
    return LatePattern(pattern, re.IGNORECASE)


def source(url: str, says: str) -> Citation:
    """What a page says; its address is that of the text that was opened, a copy where it was one.

    Raises ValueError for an address without https.
    """
    return Citation(url=url, checked=READ, says=says)


def published(entry: str) -> Citation:
    """What the entry of that id cites, with the day on which it was looked up.

    Raises KeyError for an unknown id.
    """
    return entries()[entry].citation


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer to a question that people put beside this trouble, found by its words."""

    to: LatePattern
    says: str


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One possible cause, with the observation that shows whether it is this one."""

    cause: str
    look: str
    shows: str
    supports: tuple[str, ...] = ()

    @property
    def hypothesis(self) -> Hypothesis:
        """The cause as the blueprint has it."""
        return Hypothesis(
            cause=self.cause,
            supports=self.supports,
            contradicts=(),
            decide_by=f"{self.look}; it is this if it shows {self.shows}",
        )


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One trouble: the first of its sentences answers; `now` stops it, `later` ends it.

    `weight` is how surely the words tell of it; the surest is answered first.
    """

    id: str
    says: tuple[str, ...]
    causes: tuple[Cause, ...]
    now: tuple[Step, ...]
    later: tuple[Step, ...]
    sources: tuple[Citation, ...]
    replies: tuple[Reply, ...] = ()
    weight: int = 1


def now(do: str, check: str = "", undo: str = "") -> Step:
    """What stops it."""
    return Step(do=do, horizon="now", check=check, undo=undo)


def later(do: str, check: str = "", undo: str = "") -> Step:
    """What ends it for good."""
    return Step(do=do, horizon="later", check=check, undo=undo)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A trouble that words tell by signs which all must stand in them, and the entry on it.

    `first` finds the cause that these signs speak for; `says` is the answer by them, `figures`
    what the person's figures add; `steps` and `causes` stand in place of the entry's.
    """

    signs: tuple[LatePattern, ...]
    entry: str
    first: str
    says: tuple[str, ...]
    unless: LatePattern | None = None
    steps: tuple[Step, ...] = ()
    causes: tuple[Cause, ...] = ()
    figures: Callable[[str], str] = lambda _: ""
    replies: tuple[Reply, ...] = ()
    sources: tuple[Citation, ...] = ()
    weight: int = 3

    def found(self, text: str) -> Trouble | None:
        """The trouble, where every sign of it stands in the text."""
        if self.unless and self.unless.search(text):
            return None
        return self._trouble(text) if all(sign.search(text) for sign in self.signs) else None

    def _trouble(self, text: str) -> Trouble:
        entry = entries()[self.entry]
        if not isinstance(entry, Failure):
            raise TypeError(f"{self.entry} is no failure")
        causes = sorted(entry.causes, key=lambda c: self.first not in c.cause)
        first, figures = causes[0], self.figures(text)
        published = tuple(Cause(cause=c.cause, look=c.look, shows=c.shows) for c in causes)
        return Trouble(
            id=self.entry,
            weight=self.weight,
            says=(*self.says[:1], *((figures,) if figures else ()), *self.says[1:]),
            causes=self.causes or published,
            now=self.steps or (now(first.now, f"{first.look}: no longer {first.shows}"),),
            later=() if self.steps else (later(first.lasting),),
            sources=(*self.sources, entry.citation),
            replies=self.replies,
        )
