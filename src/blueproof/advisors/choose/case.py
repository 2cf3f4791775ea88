"""What the advice on a choice is made from: the decision, its questions, the sizes to show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from blueproof.advisors.choose.owning import asks_price, has_servers
from blueproof.core.brief import Brief
from blueproof.core.scene import Excerpt
from blueproof.decide.chains import plural
from blueproof.decide.decision import Decision, FlipPoint, decide
from blueproof.decide.demands import Stand
from blueproof.decide.interview import Worth, interview, worth
from blueproof.decide.needs import Needs
from blueproof.decide.needs_file import write_needs
from blueproof.decide.people import people_of
from blueproof.decide.reading import needs_of, wants_sql_reports
from blueproof.decide.scoring import Scored, aspect_of, demanded, scored, short_of

NEEDS, BILL = "needs.yaml", "bill.yaml"
SIZES = (1_000.0, 10_000.0, 100_000.0)
FAMILY_NAMES = {"convex": "Convex", "firebase": "Firebase", "supabase": "Supabase", "aws": "AWS"}
# What every option does in the same way.
_ALIKE = frozenset({"pagination", "i18n", "website", "email-verification", "password-reset"})
_OF_EXPO = re.compile(
    r"[;,] (?:in a development build|(?:in )?Expo (?:this )?needs?[^;]*|in Expo this[^;]*)(?=;|$)"
)
_RULING = frozenset({"offline", "self-hosted", "region", "hipaa"})
FAR = 20  # times the users told from which a change is too far off to speak of
_A_FEW, _CLEARLY = 2, 8.0  # options named; points of 100 by which another is clearly better
_LIKELY = 0.1  # odds below which an open fact is no part of the headline
_LEAST_GAIN = 0.4  # points of expected gain from which one open answer makes the headline


@dataclass(frozen=True)
class Choice:
    """A choice of back end, worked out once."""

    brief: Brief

    @cached_property
    def needs(self) -> Needs:
        """The needs that the brief tells of."""
        return needs_of(self.brief)

    @cached_property
    def decision(self) -> Decision:
        """The decision, everything open taken as assumed."""
        return decide(self.needs)

    @cached_property
    def worths(self) -> tuple[Worth, ...]:
        """What to ask, most worth first."""
        return interview(self.needs)

    @cached_property
    def asked(self) -> tuple[Worth, ...]:
        """The open dimensions in the order in which they are asked: the headline's first."""
        if self.hinge is None:
            return self.worths
        hinge = self.hinge.dimension
        others = tuple(w for w in self.worths if w.dimension.id != hinge.id)
        own = next((w for w in self.worths if w.dimension.id == hinge.id), None)
        return (own or worth(hinge, self.needs), *others)

    @property
    def pick(self) -> Scored:
        """The first choice."""
        return self.decision.pick

    @cached_property
    def hinge(self) -> FlipPoint | None:
        """The one open fact on which the pick hangs: it makes the headline."""
        likely = [f for f in self.flips if f.then and f.odds >= _LIKELY and self._is_open(f)]
        # What it may cost decides only where the person says that money is short.
        likely = [f for f in likely if f.dimension.id != "budget" or self.needs.thrifty]
        # So many messages more or less are no condition that anybody could act on.
        likely = [f for f in likely if not f.dimension.is_number or f.dimension.id == "budget"]
        hard = [f for f in likely if self._would_fall(f)]
        asked = {w.dimension.id for w in self.worths if w.decides and w.gain >= _LEAST_GAIN}
        soft = [f for f in likely if f.dimension.id in asked]
        return max(hard or soft, key=lambda f: f.odds, default=None)

    @cached_property
    def flips(self) -> tuple[FlipPoint, ...]:
        """What would change the pick, without what the words rule out.

        That is a size far from the one told, and a choice that falls short of what must be met.
        """
        return tuple(f for f in self.decision.flips if not self._is_far(f) and self._is_met(f))

    def _is_far(self, flip: FlipPoint) -> bool:
        known = flip.dimension.id == "users" and self.needs.is_known("users")
        users = self.decision.users
        return known and not users / FAR <= float(flip.at) <= users * FAR

    def _is_met(self, flip: FlipPoint) -> bool:
        """Whether what is chosen then does what the pick does for all that was told.

        A requirement that rules the pick out leaves what is left, with what it lacks.
        """
        if not flip.then or flip.dimension.id in _RULING:
            return True
        first = self.at(self.needs.holding(**{flip.dimension.id: flip.at}))
        lacks = short_of(self.needs, first.option)
        return lacks - {flip.dimension.id} <= short_of(self.needs, self.pick.option)

    def stands(self, scored: Scored) -> tuple[Stand, ...]:
        """How an option stands to each demand."""
        return demanded(scored.option.id, self.needs)

    @property
    def unsure(self) -> Iterator[tuple[Scored, Stand]]:
        """The options with the demands of which nobody knows here whether they hold them."""
        for option in self.decision.ranked:
            for each in self.stands(option):
                if each.verdict == "unknown" and not option.ruled_out:
                    yield option, each

    def named(self, scored: Scored) -> str:
        """An option by its family's name."""
        return FAMILY_NAMES.get(scored.option.family, scored.option.name)

    def musts(self) -> dict[str, str]:
        """Each demand in words, by its id."""
        return {each.demand: each.must for each in self.stands(self.pick)}

    @property
    def so_many(self) -> str:
        """The people reckoned with, in the words of the request: 420 technicians."""
        users = self.decision.users
        told = people_of(self.brief)
        noun = told.noun if told.count == users else ""
        if told.mixed and noun:
            noun = "person"
        plain = noun in {"", "user"}
        return f"{users:,.0f} {'monthly users' if plain else plural(noun)}"

    def _is_open(self, flip: FlipPoint) -> bool:
        return not self.needs.is_known(flip.dimension.id)

    def _would_fall(self, flip: FlipPoint) -> bool:
        """Whether the pick itself would be ruled out then."""
        there = self.needs.holding(**{flip.dimension.id: flip.at})
        family = self.pick.option.family
        return any(s.ruled_out for s in scored(there, there.number("users"))
                   if s.option.family == family)  # fmt: skip

    @cached_property
    def rival(self) -> Scored | None:
        """Whom the pick is held against: the best that the person named, or else the runner-up."""
        others = self.decision.ranked[1:]
        named = {*self.needs.options, *self.needs.current}
        return next((s for s in others if s.option.family in named), next(iter(others), None))

    @cached_property
    def uncompared(self) -> tuple[str, ...]:
        """Features asked for in which no fact of ours compares the options."""
        aspects = self.pick.option.aspects
        return tuple(
            f for f in self.needs.features if aspect_of(f) not in aspects and f not in _ALIKE
        )

    @property
    def has_servers(self) -> bool:
        """Whether the words or files tell of a back end of another make."""
        return has_servers(self.brief)

    def for_clients(self, text: str) -> str:
        """The text without the clauses that only speak of Expo, where no such app is built."""
        if {*self.needs.clients} & {"expo", "react-native"}:
            return text
        return _OF_EXPO.sub("", text)

    @property
    def is_built_by_hand(self) -> bool:
        """Whether the servers named are a way to go, or a wish for reports: not there already."""
        return wants_sql_reports(self.brief) or any(
            f.key == "technology" and f.role == "option" and f.value in {"nodejs", "postgresql"}
            for f in self.brief.facts
        )

    @cached_property
    def priced(self) -> Scored | None:
        """The option whose price is asked: the only family named, in a question how much."""
        named = {*self.needs.options, *self.needs.current}
        if not asks_price(self.brief) or len(named) != 1:
            return None
        ranked = scored(replace(self.needs, options=()), self.decision.users)
        return next((s for s in ranked if s.option.family in named), None)

    @property
    def is_settled(self) -> bool:
        """Whether the back end is in use already, or only its price is asked."""
        return self.pick.option.family in self.needs.current or self.priced is not None

    @cached_property
    def outsider(self) -> Scored | None:
        """The best family that was not named, where it is clearly better than the pick."""
        if len(self.needs.options) < _A_FEW:
            return None
        every = scored(replace(self.needs, options=()), self.decision.users)
        best = every[0]
        ahead = best.worth - self.pick.worth
        named = best.option.family in self.needs.options
        return best if not named and not best.ruled_out and ahead >= _CLEARLY else None

    @cached_property
    def shown_sizes(self) -> tuple[float, ...]:
        """The sizes to show bills for: as asked, or what was said and ten times that, or three."""
        asked = next((str(f.value) for f in self.brief.facts if f.key == "sizes"), "")
        if asked:
            return tuple(float(size) for size in asked.split(","))
        if self.needs.is_known("users"):
            users = self.needs.number("users")
            return (users, users * 10)
        return SIZES

    def at(self, needs: Needs) -> Scored:
        """The first choice for other needs."""
        return scored(needs, needs.number("users"))[0]

    def ranked(self, users: float) -> tuple[Scored, ...]:
        """The options at a size, in the order of the decision."""
        order = [s.option.family for s in self.decision.ranked]
        return tuple(sorted(scored(self.needs, users), key=lambda s: order.index(s.option.family)))

    @cached_property
    def needs_text(self) -> Excerpt:
        """The needs as the file they are saved in."""
        return Excerpt(text=write_needs(self.needs), path=NEEDS)
