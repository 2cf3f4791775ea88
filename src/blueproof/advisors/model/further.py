"""The rules that sentences ask for of single rows: who marked them, what they pass through."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose.naming import is_someone
from blueproof.advisors.model.told import Entity, Need, Relation

_I = re.IGNORECASE
_ARTICLE = r"(?:an?|the|each|every|its|their|this|that)"
_DONE = r"(?P<done>[a-z]+(?:ed|en|id|nt|ld|ut))"
MARKS = re.compile(
    rf"\b(?:(?P<lead>after|once|when) {_ARTICLE} (?P<of>[a-z]+(?: [a-z]+)?),? )?(?:{_ARTICLE} )?"
    rf"(?P<who>[a-z]+(?: [a-z]+)?) (?:marks?|flags?|ticks?|signs?|sets?|can mark|must mark|has to "
    rf"mark) (?:it|them|(?:{_ARTICLE} )?(?P<what>[a-z]+(?: [a-z]+)?)) (?:off )?as {_DONE}\b",
    _I,
)
_STATE = r"[a-z]+(?:[ -](?:progress|review|transit|stock|repair|use))?"
CHAIN = re.compile(
    rf"\b(?:goes|go|moves?|pass(?:es)?|changes?|runs?) (?:through )?from (?P<first>{_STATE})"
    rf"(?P<rest>(?:,? (?:and )?(?:then )?(?:to|over to|via) {_STATE})+)",
    _I,
)
ARROWS = re.compile(rf"\b(?P<all>{_STATE}(?: ?(?:->|=>|\u2192|>) ?{_STATE}){{2,}})", _I)
ASIDE = re.compile(
    rf"\bcan (?:also )?be (?P<state>[a-z]+(?:ed|en|ld)) (?P<how>until|before|unless|while|as long "
    rf"as"
    rf"|any ?time|at any (?:time|point))(?: (?:it|they) (?:is|are|has been|have been))?"
    rf"(?: (?P<limit>{_STATE}))?",
    _I,
)
GAPLESS = re.compile(
    r"\b(?:not|never|no) (?:have |has |leave )?(?:any )?gaps|\bhave no gaps|\b(?:gap-?less"
    r"|gap-free|without (?:any )?gaps?|no gaps|consecutive(?:ly)?|sequential(?:ly)?)\b",
    _I,
)
_PER = re.compile(r"\b(?:per|for each|for every|within (?:a|each)|of each) (?P<per>[a-z]+)", _I)
FROZEN = re.compile(
    rf"\b(?:once|after|as soon as|when) {_ARTICLE} (?P<what>[a-z]+(?: [a-z]+)?) (?:is|was|has been|"
    rf"gets) {_DONE},? (?:it|nothing|that|nobody) (?:[a-z]+ )?(?:must|may|can|should)(?:n't|not| "
    rf"not"
    rf"| never| no longer)? (?:be )?(?:ever )?(?:be )?(?:changed?|edited?|modif(?:y|ied)|altered?|"
    rf"touch(?:ed)?)|\bnever changed? after (?:they're|they are|it is|it's|being) "
    rf"(?P<after>[a-z]+)",
    _I,
)
RANGE = re.compile(
    r"\b(?P<what>votes?|ratings?|scores?|reviews?|stars?|grades?|marks?|points"
    r"|rate)\b[^.;!?]{0,60}?"
    r"\b(?:from |between |of )?(?P<least>\d) ?(?:to|and|-|\u2013) ?(?P<most>\d\d?)\b",
    _I,
)
QUEUE = re.compile(r"\bwait(?:ing)?[- ]?lists?\b|\bstand-?by list\b", _I)
ONE_OF = re.compile(
    r"\bonly one (?P<what>[a-z]+(?: [a-z]+)?) (?:of|per|for|in) (?:an?|the|each|every|the same) "
    r"(?P<of>[a-z]+(?: [a-z]+)?) (?:can|may|must|is|should) (?:be )?"
    r"(?P<state>published|default|primary|main|open|live|selected|featured|pinned|active"
    r"|current)\b",
    _I,
)
COUNTS_UP = re.compile(
    r"\b(?P<what>[a-z]+)(?: of an? [a-z]+)? (?:has|have|gets?|carr(?:y|ies)) (?:an? )?(?:own )?"
    r"(?:number|version number|position)\b[^.;,!?]{0,40}\b(?:within|per|in|for each|inside) "
    r"(?:its|their|the|an?|each)? ?(?P<per>[a-z]+(?: [a-z]+)?)",
    _I,
)
IN_ORDER = re.compile(
    r"\b(?P<what>[a-z]+)(?: of (?:an?|the|each) [a-z]+)?(?: are| come| stand)? in (?:an?|their"
    r"|the right|a certain|a given|a fixed|a set) "
    r"(?:fixed |certain |given |set |specific )?order\b(?! to)",
    _I,
)
_FLAGS = "main|default|primary|cover|current|preferred"
ONE_HAS = re.compile(
    rf"\bone of (?:them|these|which) is (?:the|its) (?P<state>{_FLAGS}) (?P<what>[a-z]+)"
    rf"|\bonly one (?P<part>{_FLAGS}) (?P<other>[a-z]+(?: [a-z]+)?)\b",
    _I,
)
CONFIRMS = re.compile(
    r"\b(?:an?|the|each|every) (?P<who>[a-z]+) (?P<does>confirms|acknowledges) "
    r"(?:the|an?|each|every) (?P<what>[a-z]+)\b",
    _I,
)
MUTUAL = re.compile(
    r"\b(?P<who>[a-z]+) (?:can |may |could )?(?:also )?(?P<does>follow|block|befriend|mute"
    r"|recommend) "
    r"(?:each other|one another|other (?P=who))\b",
    _I,
)
_ATTRIBUTE = r"(?P<{}>[a-z]+(?: (?:number|date|name|code|address|time|tag|id|fee|price))?)"
EMPTY = re.compile(
    rf"\b{_ARTICLE} {_ATTRIBUTE.format('a')} (?:is|are|can be|may be|might be) (?:sometimes |often "
    r"|not always |occasionally |mostly )?(?:unknown|missing|optional|empty|blank|not known|known "
    rf"only later|known)\b|\b(?:don't|do not|doesn't|does not|not) (?:always |yet )?(?:know|have) "
    rf"(?:an? |the |its |their )?{_ATTRIBUTE.format('b')}\b|\b(?:not every|not all|only some|some)"
    rf"[^.;,]{{2,30}}? (?:has|have) (?:an? |no )?{_ATTRIBUTE.format('c')}\b"
    rf"|\b(?:an? )?optional {_ATTRIBUTE.format('d')}\b"
    rf"|\b{_ATTRIBUTE.format('e')},? (?:which|that) (?:(?:we|they|one|you) (?:don't|do not|doesn't"
    r"|does not)(?: always)? (?:know|have)|(?:is|are) (?:sometimes|often|not always) [a-z]+)\b"
    rf"|\b{_ATTRIBUTE.format('f')}(?:,? (?:which|that) (?:is|must be|has to be) unique)? (?:if"
    rf"|when) "
    r"(?:there is one|it has one|any|known|we have (?:it|one)|given|present)\b",
    _I,
)
_UNSURE = re.compile(
    r"\b(?:sometimes|always|often|occasionally|only later|unknown|missing|optional|empty|blank|not"
    r"|some|if|when)\b|n't\b",
    _I,
)
ONCE = re.compile(
    r"\b(?:(?P<who>[a-z]+)|each of (?:whom|them)) (?:may|can|must|should|could) (?:only )?"
    r"(?P<does>[a-z]+) (?:on |for |to )?(?:(?:an?|each|every|the same|any|one) (?P<per>[a-z]+)|it) "
    r"(?:only |at most |just )?once\b",
    _I,
)
GETS_ONE = re.compile(
    r"\b(?:each|every|an?|one) (?P<who>[a-z]+) (?:gets?|has|have|may cast|can cast|casts?|gives?"
    r"|can give) (?:only |exactly |just )?one (?P<what>[a-z]+) (?:per|for each|for every) "
    r"(?P<per>[a-z]+)",
    _I,
)
HOURS = re.compile(r"\b(?:opening|business|working|store|shop) (?:hours|times)\b", _I)
WHO_DID = re.compile(
    r",(?: and)? who (?P<did>[a-z]+(?:ed|te|de|aw)) (?:it|them|this)\b(?: and (?:when|on "
    r"which)\b)?",
    _I,
)
IRREGULAR_DONE = {"wrote": "written", "made": "made", "drew": "drawn", "gave": "given"}
ALL = (
    WHO_DID, MARKS, CHAIN, ARROWS, ASIDE, GAPLESS, FROZEN, RANGE, QUEUE, ONE_OF, COUNTS_UP, EMPTY,
    ONCE,    GETS_ONE, HOURS, IN_ORDER, MUTUAL, ONE_HAS, CONFIRMS,
)  # fmt: skip


def is_further(clause: str) -> bool:
    """Whether words ask for a rule of single rows that is known here."""
    return any(pattern.search(clause) for pattern in ALL)


class Read(Protocol):
    """What a sentence is read against."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]

    def place(self, word: str | None) -> str:
        """The entity that a word means."""

    def named(self, sentence: str) -> tuple[str, ...]:
        """The entities that a sentence names."""

    def parents(self, noun: str) -> tuple[str, ...]:
        """What each row of it has one of."""

    def holder(self, name: str) -> str:
        """The entity that has a column of that name."""

    def acts_on(self, noun: str) -> str:
        """What somebody does with a thing."""


def further(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """The needs of one sentence that are about single rows."""
    yield from _marked(read, sentence, words)
    yield from _written(read, sentence, words)
    yield from _confirmed(read, sentence, words)
    yield from _one_has(read, sentence, words)
    yield from _flow(read, sentence, words)
    yield from _numbers(read, sentence, words)
    yield from _ordered(read, sentence, words)
    yield from _once(read, sentence, words)
    yield from _empty(read, sentence, words)
    for match in RANGE.finditer(sentence):
        rated = [e.noun for e in read.entities if kinds.head(e.noun) in _RATED]
        noun = read.place(match["what"]) or next(iter(rated), "")
        noun = noun if noun in rated else next(iter(rated), noun)
        least, most = int(match["least"]), int(match["most"])
        if noun and least < most:
            yield Need(kind="range", noun=noun, least=least, most=most, words=words)
    if QUEUE.search(sentence):
        taken = [e.noun for e in read.entities if read.acts_on(e.noun) and not is_someone(e.noun)]
        named = [n for n in read.named(sentence) if n in taken]
        act = read.acts_on((named or taken)[0]) if taken else ""
        if act:
            yield Need(kind="queue", noun=act, words=words)
    for match in ONE_OF.finditer(sentence):
        noun, of = read.place(match["what"]), read.place(match["of"])
        if of in read.parents(noun):
            state = (match["state"].lower(),)
            yield Need(kind="one_of", noun=noun, of=(of,), columns=state, words=words)
    if HOURS.search(sentence):
        places = kinds.TENANTS | kinds.RESOURCES | {"location", "branch", "place", "site", "store"}
        there = [e.noun for e in read.entities if kinds.is_a(e.noun, frozenset(places))]
        noun = next((n for n in read.named(sentence) if n in there), "") or next(iter(there), "")
        if noun:
            yield Need(kind="hours", noun=noun, words=words)


def _written(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Who did it: "each version has a text, who wrote it and when"."""
    for match in WHO_DID.finditer(sentence):
        named = [n for n in read.named(sentence[: match.start()]) if not is_someone(n)]
        did = IRREGULAR_DONE.get(match["did"].lower(), match["did"].lower())
        if named:
            yield Need(kind="by", noun=named[0], columns=(did,), words=words)


def _one_has(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """A flag that one has: "one of them is the main photo", "only one default address"."""
    for match in ONE_HAS.finditer(sentence):
        noun = read.place(match["what"] or match["other"])
        named = read.named(sentence)
        of = [p for p in read.parents(noun) if p in named] or [*read.parents(noun)]
        if noun and of:
            state = (f"is_{(match['state'] or match['part']).lower()}",)
            yield Need(kind="one_of", noun=noun, of=(of[0],), columns=state, words=words)


def _confirmed(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Who confirmed a row, and when: "a parent confirms the lesson"."""
    for match in CONFIRMS.finditer(sentence):
        who, what = read.place(match["who"]), read.place(match["what"])
        if is_someone(who) and what and what != who and not is_someone(what):
            done = f"{match['does'].lower().rstrip('s')}ed"
            yield Need(kind="marked", noun=what, of=(who,), columns=(done,), words=words)


def _marked(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Who marked what as done: "a parent marks it as paid"."""
    for match in MARKS.finditer(sentence):
        who = read.place(match["who"].split()[-1]) if match["who"] else ""
        before = [n for n in read.named(sentence[: match.start("who")]) if not is_someone(n)]
        what = read.place(match["what"]) or read.place(match["of"]) or next(reversed(before), "")
        if who and what and who != what:
            done = (match["done"].lower(),)
            yield Need(kind="marked", noun=what, of=(who,), columns=done, words=words)


def _flow(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """The steps that a status may take, and from where it may leave the way."""
    found = CHAIN.search(sentence)
    if found:
        steps = [found["first"], *re.findall(rf"(?:to|via) ({_STATE})", found["rest"], _I)]
    elif arrows := ARROWS.search(sentence):
        steps = [s.strip() for s in re.split(r"->|=>|\u2192|>", arrows["all"])]
    else:
        return
    steps = [s.lower() for s in steps]
    named = [n for n in read.named(sentence) if not is_someone(n)]
    noun = next(iter(named), "") or read.holder("status")
    if (
        not noun
        or len(set(steps)) < _FEWEST
        or sum(bool(read.place(s)) for s in steps) * 2 > len(steps)
    ):
        return
    pairs = [*pairwise(steps)]
    for aside in ASIDE.finditer(sentence):
        state, limit = aside["state"].lower(), (aside["limit"] or "").lower()
        until = steps.index(limit) if limit in steps else len(steps) - 1
        pairs += [(s, state) for s in steps[:until] if state not in steps]
    yield Need(kind="flow", noun=noun, pairs=tuple(dict.fromkeys(pairs)), words=words)


_RATED = frozenset({"rating", "vote", "review", "score", "grade", "mark"})
_MUST_BE_UNIQUE = re.compile(
    r"\b(?:it|they) (?:must|has to|have to|should|needs? to|is|are) (?:be )?unique\b", _I
)
_FEWEST = 3  # states of a way; of two, a flag would say as much


def _numbers(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Numbers without gaps, and what stays as it is."""
    if GAPLESS.search(sentence):
        named = [n for n in read.named(sentence) if kinds.is_a(n, kinds.DOCUMENTS)]
        owned = _PER.search(sentence)
        per = read.place(owned["per"]) if owned else ""
        numbered = re.search(r"\b(?P<what>[a-z]+(?: [a-z]+)?) numbers?\b", sentence, _I)
        noun = next((n for n in named if n != per), "")
        noun = noun or (read.place(numbered["what"].split()[-1]) if numbered else "")
        if noun:
            of = (per,) if per and per != noun else ()
            yield Need(kind="gapless", noun=noun, of=of, words=words)
    for match in FROZEN.finditer(sentence):
        noun = read.place(match["what"]) if match["what"] else ""
        noun = noun or next((n for n in read.named(sentence) if not is_someone(n)), "")
        if noun:
            done = ((match["done"] or match["after"]).lower(),)
            yield Need(kind="frozen", noun=noun, columns=done, words=words)


def _ordered(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Numbers that count up within something, places in an order, and who follows whom."""
    for match in COUNTS_UP.finditer(sentence):
        noun, per = read.place(match["what"]), read.place(match["per"])
        if per in read.parents(noun):
            yield Need(kind="numbered", noun=noun, of=(per,), columns=("number",), words=words)
    for match in IN_ORDER.finditer(sentence):
        noun = read.place(match["what"])
        above = [p for p in read.parents(noun) if p in read.named(sentence)]
        if above:
            yield Need(
                kind="numbered", noun=noun, of=(above[0],), columns=("position",), words=words
            )
    for match in MUTUAL.finditer(sentence):
        noun = read.place(match["who"])
        if noun:
            yield Need(kind="mutual", noun=noun, columns=(match["does"].lower(),), words=words)


def _once(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """What somebody does once: "a user can like a comment once"."""
    for match in (*ONCE.finditer(sentence), *GETS_ONE.finditer(sentence)):
        groups = match.groupdict()
        who = read.place(groups["who"]) or next(
            (n for n in reversed(read.named(sentence[: match.start()])) if is_someone(n)), ""
        )
        per = read.place(groups["per"])
        acts = [e.noun for e in read.entities if who in read.parents(e.noun)]
        for pair in (r for r in read.relations if r.many and who in {r.child, r.parent}):
            sides = (pair.child, pair.parent)
            if not acts and set(sides) <= {who, *read.named(sentence)}:
                noun = f"{pair.child} {pair.parent}"
                yield Need(kind="unique", noun=noun, of=sides, words=words)
        named = read.place(groups.get("what"))
        both = [n for n in acts if per in read.parents(n)] if per else []
        stem = (groups.get("does") or "")[:4].lower()
        done = [n for n in both if any(w.startswith(stem) for w in n.split())]
        noun = named if named in acts else next(iter(done), "")
        also = [n for n in acts if stem and any(w.startswith(stem) for w in n.split())]
        noun = noun or next(iter(also), "")
        of = (who, per) if per else (who, *(p for p in read.parents(noun) if not is_someone(p)))
        if noun and who and len(of) > 1 and set(of) <= set(read.parents(noun)):
            yield Need(kind="unique", noun=noun, of=of, words=words)


def _empty(read: Read, sentence: str, words: str) -> Iterator[Need]:
    """Columns that may be empty: "the serial number is sometimes unknown"."""
    for match in EMPTY.finditer(sentence):
        name = next(g for g in match.groups() if g).lower()
        tries = (name, singular(name), name.partition(" ")[0], name.rpartition(" ")[2])
        column = next((c for t in tries if read.holder(c := t.replace(" ", "_"))), "")
        if not _UNSURE.search(match[0]):
            continue
        noun = read.holder(column)
        if noun:
            yield Need(kind="empty", noun=noun, columns=(column,), words=words)
            if _MUST_BE_UNIQUE.search(sentence):
                yield Need(kind="unique", noun=noun, columns=(column,), words=words)
