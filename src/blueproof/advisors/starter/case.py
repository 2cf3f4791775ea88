"""The app that a starter is for: which back ends, and which features the words ask for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.core.brief import Assumption, Brief
from blueproof.decide.needs import Needs
from blueproof.decide.residence import place_of
from blueproof.starters.feature import App, Stack

STACKS: tuple[Stack, ...] = ("convex", "firebase")
_PHONES = frozenset({"expo", "react-native"})
_PAIR = 2
_USUAL_GROUP = 50  # people in the largest group where nobody said a number
# What a feature of the brief asks of a starter, and what words say it where no feature does.
_ASKED = {
    "groups": {"group-chat"},
    "receipts": {"read-receipts"},
    "presence": {"presence", "typing-indicator"},
    "attachments": {"file-upload", "file-storage", "image-processing"},
    "push": {"push-notifications", "notifications"},
    "offline": {"offline-sync"},
}
_SAID = {
    "groups": r"\bgroups?\b",
    "attachments": r"(?<!\bno )(?<!\bwithout )"
    r"\b(?:photos?|pictures?|images?|attach\w*|files?|documents?)\b",
    "edits": r"\b(?:edit\w*|delet\w*|unsend)\b[^.]{0,30}\bmessages?\b"
    r"|\bmessages?\b[^.]{0,30}\b(?:edit\w*|delet\w*|unsent)\b",
    "reactions": r"\breact(?:ions?|s)?\b(?![ -]native)|\bemojis?\b",
    "roles": r"\bmoderat\w+|\badmins?\b|\badministrators?\b",
}
_WAYS_IN = {
    "email": r"\be-?mails?\b|\bpasswords?\b",
    "google": r"\bgoogle\b",
    "apple": r"\bapple\b",
    "anonymous": r"\banonym\w+|\bguests?\b",
}
_WAY = r"(?:google|apple|e-?mails?|passwords?)"
_DENIED = re.compile(
    r"\b(?:no|not|never|without|cannot|can'?t|won'?t|don'?t|instead of|rather than)\b"
    rf"(?: (?!but\b)\w+){{0,3}} {_WAY}(?:(?:\s*/\s*|,? (?:or|and|nor) |, ){_WAY})*",
    re.IGNORECASE,
)
# What people ask of such an app and the starters do not have.
_LACKING = {
    "sign-in by phone number": r"\b(?:phone|mobile) numbers?\b"
    r"|\bphone (?:auth\w*|log-?in|sign)|\bsms\b",
    "sign-in by another service": r"\b(?:facebook|github|twitter|linkedin|sso|saml)\b",
    "voice messages": r"\bvoice[ -](?:messages?|notes?)\b",
    "video": r"\bvideos?\b",
    "calls": r"\b(?:audio|voice|video)[ -]calls?\b|\bcalling\b",
    "end-to-end encryption": r"\bend[ -]to[ -]end\b|\be2ee?\b",
}
_SIGNS_IN = r"(?:log[ -]?ins?|logg?ing in|sign[ -]?(?:in|up)s?|auth\w*|accounts?|users?)"
_USUAL_WAYS = ("apple", "email", "google")
_NEEDS = {"roles": ("safety",)}
_EXPECTED = ("push", "safety", "seed")
_BUILDS = re.compile(
    r"\b(?:build|create|make|scaffold|bootstrap|structure|set(?:ting)? (?:it |this )?up)\w*\b",
    re.IGNORECASE,
)
_HAS = re.compile(r"\b(?:our|my|existing|current|already|why)\b", re.IGNORECASE)


@dataclass(frozen=True)
class StarterCase:
    """What the brief tells of the app to start."""

    brief: Brief
    needs: Needs
    families: tuple[str, ...]

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The back ends that a starter is there for, of those in question."""
        return tuple(stack for stack in STACKS if stack in self.families)

    @cached_property
    def app(self) -> App:
        """The app, its features sorted."""
        found = {*_EXPECTED, "chat", *self._ways_in, *self._asked()}
        found |= {more for feature in found for more in _NEEDS.get(feature, ())}
        found -= self._refused
        return App(
            name="chat",
            title="Chat",
            identifier="com.example.chat",
            features=tuple(sorted(found)),
            region=place_of(self.brief.request).google if self._stays_in_eu else "",
            group=self._group if "groups" in found else _PAIR,
        )

    @property
    def _stays_in_eu(self) -> bool:
        return self.needs.value("region") == "eu"

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What was decided for the person, and how they change it."""
        ways = ", ".join(self._ways_in)
        named = set(self._named_ways)
        return (
            Assumption(
                key="starter signs in by",
                value=ways,
                why="as you said" if named == set(self._ways_in) else
                "not said: the stores want Apple's beside Google's; name yours to have only those",
            ),
            Assumption(
                key="starter has",
                value=", ".join(f for f in self.app.features if f not in self._ways_in),
                why="what you asked for; push, and reporting and blocking (the stores ask for them "
                "where people write to one another) unless you say no",
            ),
        )  # fmt: skip

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the words ask for and no starter has."""
        text = self.brief.request
        return tuple(n for n, words in _LACKING.items() if re.search(words, text, re.IGNORECASE))

    def _asked(self) -> Iterator[str]:
        told = set(self.needs.features)
        for feature, names in _ASKED.items():
            if told & names:
                yield feature
        for feature, words in _SAID.items():
            if re.search(words, self.brief.request, re.IGNORECASE):
                yield feature
        if self.needs.value("offline") == "yes":
            yield "offline"
        if self.needs.value("web") == "yes":
            yield "web"
        if self.needs.is_known("group-size") and self._group > _PAIR:
            yield "groups"

    @property
    def _group(self) -> int:
        known = self.needs.is_known("group-size")
        return int(self.needs.number("group-size")) if known else _USUAL_GROUP

    @cached_property
    def _refused(self) -> set[str]:
        """What the person said they do not want."""
        negated = {str(f.value) for f in self.brief.facts if f.role == "negated"}
        return {feature for feature, names in _ASKED.items() if negated & names}

    @cached_property
    def _named_ways(self) -> tuple[str, ...]:
        """The ways to sign in that stand near words about signing in."""
        near = [
            part for part in re.split(r"[.;\n]", self.brief.request)
            if re.search(_SIGNS_IN, part, re.IGNORECASE)
        ]  # fmt: skip
        return tuple(
            way
            for way, words in sorted(_WAYS_IN.items())
            if any(re.search(words, _DENIED.sub("", part), re.IGNORECASE) for part in near)
        )

    @cached_property
    def _ways_in(self) -> tuple[str, ...]:
        denied = " ".join(found[0] for found in _DENIED.finditer(self.brief.request))
        usual = (w for w in _USUAL_WAYS if not re.search(_WAYS_IN[w], denied, re.IGNORECASE))
        return self._named_ways or tuple(usual)


def starts(brief: Brief, needs: Needs) -> bool:
    """Whether a starter fits: a chat with Expo or React Native, with nothing built yet."""
    told = {str(f.value) for f in brief.facts if f.key == "technology" and f.role != "rejected"}
    built = any(f.source == "file" for f in brief.facts)
    return bool(told & _PHONES) and "chat" in needs.features and not built


def wants_one(brief: Brief, needs: Needs) -> bool:
    """Whether a new app is to be built on a back end that is settled."""
    told = {f.key for f in brief.facts}
    settled = {*needs.current, *needs.options} & set(STACKS)
    text = brief.request
    return bool(
        settled
        and starts(brief, needs)
        and "pain" not in told
        and _BUILDS.search(text)
        and not _HAS.search(text)
    )
