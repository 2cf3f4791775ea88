"""What was changed shortly before a trouble began, as it is told: the first suspect.

A change that is there to be taken back is tested sooner than any cause is understood.
"""

import re
from dataclasses import dataclass, replace

from blueproof.advisors.known.own_names import in_own_names
from blueproof.core.advice import Step
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_MOST_MINUTES = 180  # between the change and the trouble, told by the clock
_LONGEST = 90  # characters of what was changed that are quoted
_DAY = 24 * 60
_CLOCK = r"(?<![\d:.])(?P<{0}>[0-2]?\d:[0-5]\d)(?!\d)"
_CHANGE = (
    r"(?P<deed>deploy(?:ed|ment)?|releas(?:ed|e)|shipped|rolled out|rollout|merged|"
    r"migrated|migration|switched|enabled|turned on|config change|went live)"
)
_AT = (
    LatePattern(rf"\b{_CHANGE}\b[^.;!?\n]{{0,40}}?{_CLOCK.format('at')}", re.IGNORECASE),
    LatePattern(rf"{_CLOCK.format('at')}[^.;!?\n]{{0,20}}?\b{_CHANGE}\b", re.IGNORECASE),
)
_SINCE = LatePattern(
    r"\b(?:since|from|started(?: at| around)?|began(?: at| around)?|after|around|about|at)\s+"
    rf"(?:about |around |~ ?)?{_CLOCK.format('at')}",
    re.IGNORECASE,
)
# "since the release this morning", "right after we deployed v2.3", "started when it went live".
_JUST = LatePattern(
    r"\b(?:since|right after|just after|shortly after|after|started (?:when|after|with)"
    r"|minutes after) (?:we |i |they |the |our |yesterday'?s |today'?s |last )*"
    r"(?:(?!each\b|every\b|any\b|a\b|no\b|some\b)\w+ ){0,1}?"
    r"(?P<deed>deploy(?:ed|ment|ing)?|releas(?:ed?|ing)|rollout|rolled out|shipped|"
    r"merged|went live|switched|enabled|turned on)\b"
    r"(?P<what>(?:[^.,;:!?\n]|(?<=\d)[.:](?=\d)){0,60})",
    re.IGNORECASE,
)
_WHEN = re.compile(  # where the words on what was changed end
    r"\s*\b(?:this morning|today|yesterday|last night|at \d|on (?:mon|tue|wed|thu|fri|sat|sun)"
    r"|p\d\d\b|an? (?:hour|day)|(?:\d+|some|a few) (?:minutes|hours)).*",
    re.IGNORECASE,
)
_SCHEMA = LatePattern(
    r"\b(?:migration|alter table|added? (?:a )?(?:new )?(?:column|index)|new column"
    r"|schema change)\b",
    re.IGNORECASE,
)
_TAKEN_AWAY = LatePattern(
    r"\b(?:drop(?:s|ped)?|renam(?:e|es|ed)|remov(?:e|es|ed)) (?:\w+ ){0,3}?(?:columns?|tables?)\b",
    re.IGNORECASE,
)
_HELD = LatePattern(
    r"\b(?:roll(?:ed|ing)? (?:it |that |them )?back|rollback|revert(?:ed|ing)?)\b"
    r"(?![^.?!]{0,12}\?)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"^[^.;!?\n()]{0,20}\((?P<what>[^()\n]{4,200})\)")
_BEHIND = re.compile(r"^\W{0,3}(?P<what>[^.;!?\n]{4,120})")
_BACK = {
    "amazon-ecs": "aws ecs update-service --cluster CLUSTER --service SERVICE --task-definition "
    "FAMILY:THE_REVISION_BEFORE",
    "aws-fargate": "aws ecs update-service --cluster CLUSTER --service SERVICE --task-definition "
    "FAMILY:THE_REVISION_BEFORE",
    "aws-lambda": "aws lambda update-alias --function-name FUNCTION --name live --function-version "
    "THE_VERSION_BEFORE",
    "kubernetes": "kubectl rollout undo deployment/DEPLOYMENT -n NAMESPACE",
    "amazon-eks": "kubectl rollout undo deployment/DEPLOYMENT -n NAMESPACE",
    "google-kubernetes-engine": "kubectl rollout undo deployment/DEPLOYMENT -n NAMESPACE",
    "vercel": "vercel rollback",
    "heroku": "heroku rollback -a APP",
    "fly": "fly deploy --image THE_IMAGE_BEFORE",
    "cloud-run": "gcloud run services update-traffic SERVICE "
    "--to-revisions=THE_REVISION_BEFORE=100",
}


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What was done before it began, in the person's words, and how long before ("" if untold)."""

    deed: str
    what: str
    before: str
    command: str = ""
    schema: str = ""

    @property
    def sentence(self) -> str:
        """Why it is the first suspect."""
        quoted = f" (\u201c{self.what}\u201d)" if self.what else ""
        how = f", {self.command}" if self.command else ""
        return (
            f"It began {self.before} what you {self.deed}{quoted}: take that back first{how}, and "
            "look for the cause in it, whatever the messages say."
        )

    @property
    def step(self) -> Step:
        """The way back, to be taken at once."""
        how = f": {self.command}" if self.command else ""
        return Step(
            do=f"Go back to the version before{how}{self.schema}",
            horizon="now",
            check="the errors end within some minutes; if they do not, it was not the change",
            undo="deploy it again",
        )


def changed(brief: Brief, *, hurts: bool = False) -> Changed | None:
    """The change before the trouble; None where none is told, or it has been taken back already.

    `hurts` is whether a trouble is surely told.
    """
    text = brief.request
    if _HELD.search(text):
        return None
    found = _by_the_clock(text, brief) or _right_after(text, brief, hurts=hurts)
    return replace(found, schema=_schema(text)) if found else None


def _schema(text: str) -> str:
    """What of the migration that went out with the release."""
    if _TAKEN_AWAY.search(text):
        return (
            ". Not before what the migration dropped or renamed is back: the old code asks for it"
        )
    if _SCHEMA.search(text):
        return (
            ". Leave the migration where it is: old code does not see a new column or index (only "
            "a column that is NOT NULL without a default would refuse its inserts)"
        )
    return ""


def _by_the_clock(text: str, brief: Brief) -> Changed | None:
    made = next((m for each in _AT if (m := each.search(text))), None)
    if made is None:
        return None
    then = _minutes(made["at"])
    later = [
        (_minutes(m["at"]) - then) % _DAY
        for m in _SINCE.finditer(text)
        if not made.start() <= m.start("at") < made.end()
    ]
    near = [gap for gap in later if 0 < gap <= _MOST_MINUTES]
    if not near:
        return None
    return Changed(
        deed=f"{_past(made['deed'])} at {made['at']}",
        what=_what(text[made.end() :]),
        before=f"{min(near)} minutes after",
        command=_command(brief),
    )


def _right_after(text: str, brief: Brief, *, hurts: bool) -> Changed | None:
    made = _JUST.search(text)
    hurts = (
        hurts
        or any(f.key == "pain" for f in brief.facts)
        or any(
            f.key == "problem" and f.value in {"troubleshoot", "connections"} for f in brief.facts
        )
    )
    if made is None or not hurts:
        return None
    return Changed(
        deed=_past(made["deed"]),
        what=_WHEN.sub("", " ".join(made["what"].split())).strip(" ,:()\"'")[:_LONGEST],
        before="with",
        command=_command(brief),
    )


def _what(after: str) -> str:
    found = _IN_BRACKETS.match(after) or _BEHIND.match(after)
    what = " ".join(found["what"].split()).strip(" ,:()\"'") if found else ""
    return what if len(what) <= _LONGEST else f"{what[:_LONGEST].rsplit(' ', 1)[0]} ..."


def _past(deed: str) -> str:
    """The deed as what was done: "deployed", "released"."""
    plain = deed.lower()
    stem = {"deploy": "deployed", "deployment": "deployed", "deploying": "deployed",
            "release": "released", "releasing": "released", "rollout": "rolled out",
            "migration": "migrated",
            "config change": "changed in the configuration", "went live": "put live"}  # fmt: skip
    return stem.get(plain, plain)


def _command(brief: Brief) -> str:
    named = {str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"}
    told = next((command for name, command in _BACK.items() if name in named), "")
    return in_own_names(told, brief.request)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
