"""How a technology stands in the text: in use, an option, where to go, tried, ruled out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from blueproof.core.blueprint import QuestionKind
from blueproof.intake.words.offered import is_listed
from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Text

Stance = Literal["current", "option", "target", "tried", "rejected", "mentioned"]
_RANK: tuple[Stance, ...] = ("rejected", "tried", "target", "option", "current", "mentioned")
_BEFORE = 48  # characters before a name in which a cue for it stands
_AFTER = 36

# (stance, what stands just before the name, what just after); earlier rows win.
_CUES: tuple[tuple[Stance, str, str], ...] = (
    ("rejected", r"(?:without(?! where\b)(?: having)?(?: to use| using)?|instead of"
     r"(?! (?:our|my)\b)|rather than|avoid(?:ing)?"
     r"|don'?t want(?: to use)?|do not want(?: to use)?|not (?:want|using|use)"
     r"|no longer|never|ruled out|not interested in|can'?t use|cannot use|can not use"
     r"|not going to use|no need for|get rid of|anything but|leave out|except)(?: an?"
     r"| the| any| to)?(?: \w+){0,4} $", r""),
    ("rejected", r"\b(?:no|(?<!why )not|never|forbids?|forbidden|hates?|hated|dislike|avoid"
     r"|nothing from) $",
     r"^(?! only)"),
    ("rejected", r"\b(?:nobody|no one|none of us|noone)(?: (?:here|of us|in the team|on the team))?"
     r" (?:wants?|likes?|would|can|could|knows? how)(?: to)?(?: \w+){0,2} $", r""),
    ("option", r"\b(?:boss|ceo|cto|colleague|manager|consultant|vendor|client|customer|architect"
     r"|lead|he|she|they|somebody|someone|friend|team|co-?founder|partner|freelancer|developer|dev"
     r"|chatgpt|claude|one|another|others|people|everybody|everyone)\w*(?: else)?"
     r" (?:wants?|suggest(?:s|ed)?|proposes?|recommend(?:s|ed)?|says?|said|prefers?"
     r"|pushes for|likes|favou?rs)"
     r"(?: (?:us|to|that|we|use|go|move|with|should|for)){0,4} "
     r"(?:\w+ (?:\+|and|&|or) )?$", r""),
    ("mentioned", r"\b(?:nobody|no one|none of us|noone|no-one)(?: (?:here|of us|in the team"
     r"|on the team|else))? (?:knows?|knew|has (?:ever )?(?:used|touched|run))(?: any)? $", r""),
    ("mentioned", r"\b(?:i|we|i've|we've|i have|we have|people|everybody|everyone|always|keep)"
     r" (?:often |also |just |only |keep )?"
     r"(?:read(?:ing)?|hear(?:d|ing)?|was told|were told|been told)"
     r"(?: (?:on \w+|somewhere|online))?(?: that| about| of| how| it said)?(?: the)? $", r""),
    ("mentioned", r"\b(?:no (?:real )?experience|not experienced|zero experience|unfamiliar)"
     r" (?:with|in|of) $", r""),
    ("option", r"\b(?:(?:was|were|am|are|is|i'm|we're) (?:just )?about to (?:go with|use|pick"
     r"|choose|start (?:with|on)|try)|(?:was|were) (?:going|planning) to (?:go with|use|pick|try)"
     r"|(?:short-?list|candidates|contenders|finalists)(?: (?:is|are|so far))?:?"
     r"|(?:first )?(?:instinct|gut feeling|hunch)(?: is| was| says)?(?: to use| to go with)?) "
     r"(?:[\w.]+(?:,| and| or| &) ?){0,3}$", r""),
    ("option", r"\b(?:look(?:ing)?|eyeing)(?: at)? (?:[\w.]+(?:,| and| or| &) ?){0,3}$", r""),
    ("rejected", r"",
     r"^ (?:is|was) (?:forbidden|banned|ruled out|not an option|out of the question)"),
    ("mentioned", r"\b(?:nobody|no one|none of us|noone)\b(?: \w+){0,4} (?:knows?|understands?"
     r"|has (?:ever )?(?:used|touched|worked with))(?: about| any| anything about)? $", r""),
    ("rejected", r"\b(?:tried|used|had)(?: \w+){0,2} $",
     r"^ (?:and|but) (?:i |we )?(?:hated?|disliked?|regret\w*|left)"
     r"|^ [^.?!\n]{0,50}\b(?:kill(?:ed|ing)|burn(?:ed|t)|ruined) (?:us|me)\b"),
    ("rejected", r"\b(?:leav(?:e|ing)|ditch(?:ing)?|get(?:ting)? (?:off|rid of|away from)|(?:move"
     r"|moving|"
     r"migrat\w+) (?:off|away from|out of))(?: of)?(?: (?!for\b|to\b)\w+)? $", r""),
    ("target", r"\b(?:(?:want(?:ed)?|have|need|going|plan|planning|decided|must|will)(?: to)? leave"
     r"|(?:are|am) leaving) \w+ (?:for|to) $", r""),
    ("option", r"\bleav(?:e|ing) \w+ (?:for|to) $", r""),
    ("option", r"\b(?:is|are|would|does) $", r"^ (?:be )?(?:any |really |actually )?(?:an? )?"
     r"(?:good|ok|okay|enough|suitable|right|fine|better|cheap\w*|worth|work|scale|too)\b"),
    ("option", r"\b(?:can|could|will) $", r"^ (?:handle|cope with|serve)\b"),
    ("current", r"", r"^ alternatives?\b"),
    ("current", r"\b(?:alternatives? to|moved (?:everything |all |it )?(?:to|over to|onto)"
     r"|migrated to|switched to|replacement for)(?: \w+){0,3} $", r""),
    ("option", r"\b(?:we are|we're|i am|i'm|currently) (?:testing|evaluating|trying(?: out)?"
     r"|looking (?:at|into))(?: \w+){0,2} $", r""),
    ("tried", r"\b(?:tried(?: out)?|tested|experimented with|played with|started with"
     r"|gave up on|abandoned|dropped|used to use|previously used|looked at|looked into"
     r"|evaluated|attempted)(?: to)?(?: \w+){0,4}$", r""),
    ("tried", r"", r"^(?: \w+){0,2} (?:didn'?t (?:work|help)|did not (?:work|help)"
     r"|made no difference|was (?:too|not)|failed)"),
    ("target", r"\b(?:migrat(?:e|ing|ion)|mov(?:e|ing)|switch(?:ing)?|port(?:ing)?"
     r"|convert(?:ing)?|transition\w*|going|rewrit(?:e|ing)|replac(?:e"
     r"|ing))\b.{0,60}\b(?:to|into|onto|over to|with|in)(?: an?| the"
     r"| our)?(?: \w+){0,2} ?$", r""),
    ("target", r"\b(?:deploy|deploying|host|hosting|ship|put|running it|publish)\b.{0,30}\b(?:to"
     r"|on|in|into|with)(?: an?| the)?(?: \w+)? $", r""),
    ("option", r"\b(?:choos\w+|decid\w+|pick\w*|torn|deciding|compar\w+|options?|alternatives?"
     r"|between|considering|thinking(?: of| about)?|should (?:i|we)(?: just)?(?: use"
     r"| go with| go to| go for| switch to| pick| choose| move)?|looking (?:at|into|for)"
     r"|evaluat\w+|like to use"
     r"|plan(?:ning)? to use|going to use|go with|whether|versus|vs\.?|either|use"
     r"|using|try(?:ing)?|maybe|perhaps|or|recommend\w*|what about|how about"
     r"|wonder\w*)(?: \w+){0,1} ?$", r"^[^.\n]{0,24}(?:\?|\bor\b|\bvs\b)"),
    ("option", r"", r"^ (?:or|vs\.?|versus|oder|ou)\b"),
    ("option", r"\b(?:or|vs\.?|versus|oder|ou)(?: an?| the| use| just| go with)? $", r""),
    ("option", r"\b(?:between|back and forth|considering|thinking(?: of| about)?|torn between"
     r"|deciding (?:on|between)|evaluating|leaning (?:towards?|to)|instead go|could use|might use"
     r"|would (?:it be|be) better)\b[^.?!\n]*$", r""),
    ("current", r"\b(?:from|our|my|we (?:use|have|run|are on|run on|host)|i (?:use|have|am using"
     r"|'m using|run)|we'?re (?:using|on|running)|using|running|runs|built (?:with|in"
     r"|on|using)|written in|based on|hosted on|deployed (?:on|to|with|in)|currently"
     r"|existing|on|in|with|connect\w* to|against|into|use|via|through|behind|uses"
     r"|have|has)(?: an?| the| our| my)?(?: [\w.-]+){0,2} ?$", r""),
)  # fmt: skip
_COMPILED = tuple(
    (stance, re.compile(before, re.IGNORECASE), re.compile(after, re.IGNORECASE))
    for stance, before, after in _CUES
)
_CHOOSING = ("which",)
_JUDGED = ("which", "how-much")  # a back end named without a word of its use
_LISTED = re.compile(r"^\s*(?:[-*]?\s*option\b|[a-d1-9][).:])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A technology with its stance, the mention that shows it, and whether it is in use as well."""

    mention: Mention
    stance: Stance
    in_use: bool = False


def read_standings(
    text: Text, mentions: tuple[Mention, ...], kind: QuestionKind
) -> tuple[Standing, ...]:
    """One standing a technology, in order of first mention; the most telling mention decides."""
    found: dict[str, list[Standing]] = {}
    for mention in mentions:
        made = Standing(
            mention=mention, stance=_stance(text, mention, kind), in_use=_in_use(text, mention)
        )
        offered = _is_offered(text, made, mentions)
        found.setdefault(mention.technology.id, []).append(
            replace(made, stance="option") if offered else made
        )
    listed = _listed(text, mentions, found)
    return tuple(
        replace(_telling(group), stance="option") if name in listed else _telling(group)
        for name, group in found.items()
    )


def _is_offered(text: Text, standing: Standing, mentions: tuple[Mention, ...]) -> bool:
    """Whether nothing but its place in a list of ways tells how it stands."""
    mention = standing.mention
    return standing.stance in {"current", "mentioned"} and (
        mention.technology.kind not in _GIVEN and is_listed(text, mention.start, mentions)
    )


_JOINED = re.compile(r"^\s*(?:,|/|,?\s*(?:or|vs\.?|versus|oder|ou|and))\s*$", re.IGNORECASE)


def _listed(
    text: Text, mentions: tuple[Mention, ...], found: dict[str, list[Standing]]
) -> set[str]:
    """Technologies in a list of which another is an option: "Firebase, Supabase or Convex"."""
    listed: set[str] = set()
    for run in _runs(text, mentions):
        kinds = {m.technology.id: m.technology.kind for m in run}
        options = {kinds[n] for n in kinds if _telling(found[n]).stance == "option"}
        listed |= {
            n for n, kind in kinds.items()
            if kind in options and _telling(found[n]).stance == "current"
        }  # fmt: skip
    return listed


def _runs(text: Text, mentions: tuple[Mention, ...]) -> Iterator[list[Mention]]:
    """Mentions that only commas and "or" stand between."""
    run = list(mentions[:1])
    for before, mention in pairwise(mentions):
        if not _JOINED.match(text.raw[before.end : mention.start]):
            yield run
            run = []
        run.append(mention)
    yield run


def _telling(group: list[Standing]) -> Standing:
    """The most telling mention; an option may be what is in use."""
    best = min(group, key=lambda s: _RANK.index(s.stance))
    used = any(s.in_use for s in group) and best.stance != "current"
    return replace(best, in_use=used)


_USED = re.compile(
    r"\b(?:already (?:use|using|have|on|run\w*)|currently (?:use|using|on|run\w*"
    r"|have)|(?<!should )(?<!could )(?<!can )(?<!would )\b(?:we|i) (?:use|run)"
    r"|existing|in production (?:on|with))(?: \w+){0,2} $",
    re.IGNORECASE,
)
_USED_AFTER = re.compile(
    r"^ (?:in production|today|right now|already|at the moment)\b", re.IGNORECASE
)


def _in_use(text: Text, mention: Mention) -> bool:
    """Whether the words say for sure that it is in use."""
    sentence = text.sentences[mention.sentence]
    before = text.raw[max(sentence.start, mention.start - _BEFORE) : mention.start]
    after = text.raw[mention.end : min(sentence.end, mention.end + _AFTER)]
    return bool(_USED.search(before) or _USED_AFTER.search(after)) and not sentence.asks


def _stance(text: Text, mention: Mention, kind: QuestionKind) -> Stance:
    sentence = text.sentences[mention.sentence]
    before = text.raw[max(sentence.start, mention.start - _BEFORE) : mention.start]
    after = text.raw[mention.end : min(sentence.end, mention.end + _AFTER)]
    for stance, left, right in _COMPILED:
        if left.search(before) and right.search(after):
            return stance
    if _LISTED.match(sentence.text) and kind in _CHOOSING:
        return "option"
    choosing = kind in _CHOOSING and mention.technology.kind in _CHOSEN
    judged = kind in _JUDGED and mention.technology.kind == "baas"
    return "option" if (choosing and sentence.asks) or judged else "current"


_GIVEN = frozenset({"language"})  # nobody who lists ways to go chooses between these
_CHOSEN = frozenset(
    {"database", "baas", "hosting", "auth", "queue", "cache", "compute", "storage", "orm", "cloud"}
)
