"""The rules and records that sentences ask for, of things that have a table."""

import re
from collections.abc import Callable, Iterator

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose.clauses import sentences
from blueproof.advisors.model.prose.naming import is_column, is_someone
from blueproof.advisors.model.prose.phrases import phrases_of
from blueproof.advisors.model.told import Entity, Need, Relation

_I = re.IGNORECASE
_PRICE = r"(?:prices?|rates?|fees?|tariffs?|rents?|salar(?:y|ies)|wages?|premiums?)"
_CHANGES = re.compile(
    rf"\b(?P<what>(?:[a-z]+ )?{_PRICE})\b[^.;!?]{{0,60}}?\b(?:chang(?:e|es|ed)|go(?:es)? up|(?:is|are|"
    r"be) (?:raised|increased|adjusted)|differ|var(?:y|ies)|ris(?:e|es)|fluctuat\w+)\b"
    rf"|\b(?:old|past|previous|historic\w*) (?P<old>{_PRICE})\b|\bhistory of (?:the )?(?P<of>{_PRICE})\b"
    rf"|\b(?P<hist>{_PRICE}) history\b",
    _I,
)
_STAYS = re.compile(
    rf"\b{_PRICE}\b[^.;!?]{{0,40}}\b(?:agreed|at the time|when)\b[^.;!?]{{0,40}}\b(?:stays?|kept|"
    rf"remains?|stored|saved|recorded|fixed|not change)\b|\b(?:keep|store|save|record|remember|freeze)"
    rf"s?\b[^.;!?]{{0,20}}\b{_PRICE}\b[^.;!?]{{0,20}}\b(?:at the time|when|on the day)\b"
    rf"|\bkeep theirs\b|\b(?:past|old|existing) (?:orders|bookings|invoices|members|customers)\b"
    rf"[^.;!?]{{0,30}}\b(?:keep|old) (?:the |their )?(?:old )?(?:{_PRICE})?",
    _I,
)
_OVERLAPS = re.compile(
    r"\b(?P<what>[a-z]+)(?: of (?:one|a|the same|an) (?P<of>[a-z]+))? (?:must|may|can|should|do)"
    r"(?:n't| ?not| never) overlap(?: for (?:an?|the same|one) (?P<per>[a-z]+))?"
    r"|\b(?:no )?overlapping (?P<adj>[a-z]+)",
    _I,
)
_ONE_AT_A_TIME = re.compile(
    r"\bonly one (?:(?:of them|[a-z]+) )?(?:is|may be|can be) (?:valid|active|current|in force)"
    r"|\b(?:out|used|rented|booked|lent|in use|on loan) twice at\b|\bnobody else can\b"
    r"|\bonly (?:ever )?(?:be )?(?:with|in|on|at|used by|lent to|rented by) one [a-z]+ at (?:a|any) "
    r"(?:one )?time|\bbe (?:on|in|at|with) (?:two|several|more than one) [a-z]+ at (?:once|the same)|\bone [a-z]+ at a time\b|\bno(?:body| one) else\b"
    r"|\bone at a time\b|\bnever (?:out|used|lent|rented|booked) twice\b",
    _I,
)
_NESTED = re.compile(
    r"\b(?P<what>[a-z]+) (?:are|is|can be|may be) (?:nested|hierarchical|in a tree)"
    r"|\b(?:nested|hierarchical) (?P<adj>[a-z]+)|\bsub-?(?P<sub>categor(?:y|ies)|folders?|tasks?|"
    r"departments?|comments?|accounts?|locations?)\b|\brepl(?:y|ies) to (?:a|an|another|other|each) "
    r"(?P<reply>[a-z]+)|\btree of (?P<tree>[a-z]+)|\bparent (?P<parent>[a-z]+)\b",
    _I,
)
_UNIQUE_IN = re.compile(
    r"\b(?P<what>[a-z ]{2,30}?) (?:is|are|must be|has to be|have to be|should be) unique"
    r"(?: (?:per|within (?:a|the|one)|in (?:a|the|one|each)|for each|inside (?:a|the)) "
    r"(?P<per>[a-z]+(?: [a-z]+)?))?",
    _I,
)
_ONE_PER = re.compile(
    r"\b(?:only |exactly |at most )?one (?P<what>[a-z]+)?(?: of a kind| of each kind)? ?per "
    r"(?P<per>[a-z]+)(?: and (?P<and>[a-z]+))?",
    _I,
)
_TWICE_FOR = re.compile(
    r"\b(?P<what>[a-z]+) (?:must|may|can|should)(?:n't| ?not| never) be (?P<verb>[a-z]+) "
    r"(?:twice|more than once) (?:for|in|at|per) (?:the same|an?|one) (?P<per>[a-z]+)",
    _I,
)
_ONCE_PER = re.compile(
    r"\b(?P<who>[a-z]+) (?:may|can|must|should|could) (?:only )?[a-z]+(?: [a-z]+)? (?:only |just |"
    r"at most )?once (?:per|for each|for an?|in each) (?P<per>[a-z]+)",
    _I,
)
_APPEND = re.compile(
    r"\b(?:kept forever|never (?:be )?(?:changed|edited|modified|updated|overwritten)|immutable"
    r"|append[- ]only|tamper[- ]proof|not be changed)\b",
    _I,
)
_HANDED = re.compile(
    r"\b(?:which|the|what|a) (?P<what>[a-z]+)(?: [a-z]+){0,4} (?:is|are|gets?) (?:only )?(?:decided|"
    r"picked|chosen|assigned|allocated|selected|given|handed out)\b[^.;!?]{0,20}\b(?:when|at|on|once"
    r"|later|by|upon|during)\b",
    _I,
)
_STOCKED = re.compile(
    r"\b(?:never|no|not) more (?:[a-z]+ ){0,2}?(?:reserved|booked|rented|out|sold|promised|than)"
    r"(?: out)?(?: at once)? ?(?:than )?(?:we|they|you|i|there) (?:own|have|are)\b"
    r"|\bover-?(?:book|reserv|rent)\w*",
    _I,
)
_OUT_OF_USE = re.compile(r"\b(?:repairs?|maintenance|broken|out of (?:service|order|use))\b", _I)
_STATES = re.compile(
    r"\b(?:every|each|all) (?:change|changes) (?:of|to|in) (?:the |its |their )?status|"
    r"\bstatus history\b|\bhistory of (?:the |its )?(?:status|states)\b|\bstatus changes\b",
    _I,
)
_MOVES = re.compile(
    r"\bevery in and out\b|\btraceab\w+\b|\btrace (?:each|every)\b"
    r"|\b(?:change|changes) the stock\b|\bnever (?:be )?(?:negative|below zero)"
    r"|\bnever go below\b|\bknown at any time\b|\balways be right\b|\bat any time\b|\bledger\b"
    r"|\bevery transaction\b",
    _I,
)
_HELD = re.compile(
    r"\b(?P<what>balances?|stock|inventory|contents?|gold|coins?|credits?|points|funds|budget|owe"
    r"|quantit(?:y|ies)|level)\b",
    _I,
)
_FULL = re.compile(
    r"\b(?:until (?:these|they|it|the [a-z]+) (?:are|is) full|limited (?:number|places|seats)|fully "
    r"booked|at most (?P<most>\d+) (?P<many>[a-z]+)|up to (?P<upto>\d+) (?P<several>[a-z]+)"
    r"|maximum of (?P<max>\d+) (?P<max_of>[a-z]+)|no more than (?P<nomore>\d+) (?P<than>[a-z]+))",
    _I,
)
_LANGUAGE = r"(?:english|german|french|spanish|italian|dutch|portuguese|polish|arabic|chinese)"
_LANGUAGES = re.compile(
    rf"\bin {_LANGUAGE}(?:,| and| or)[^.;]*{_LANGUAGE}|\b(?:several|multiple|many|two|three|\d+) "
    r"languages\b|\btranslat(?:ed|ions?)\b|\bmultilingual\b|\blocali[sz]\w+",
    _I,
)
_SOFT = re.compile(
    r"\bsoft[- ]?delet\w*|\b(?:only )?marked as deleted\b|\bnothing (?:may|must|can|is) (?:be )?"
    r"(?:ever )?(?:deleted|removed)\b|\bnever (?:really |hard )?deleted\b",
    _I,
)
_AUDIT = re.compile(
    r"\bwho changed what\b|\baudit (?:log|trail)\b|\bwho did what\b"
    r"|\bwho (?:changed|edited) (?:what|it|them)\b",
    _I,
)
Place = Callable[[str], str]


def needs_of(
    text: str,
    entities: tuple[Entity, ...],
    relations: tuple[Relation, ...],
    place: Place,
) -> tuple[Need, ...]:
    """What the sentences ask for; `place` gives the entity that a noun means, or ""."""
    found: dict[tuple[object, ...], Need] = {}
    read = Reader(entities, relations, place)
    for sentence in re.split(r"(?<=[.;!?])\s+|\n+", text):
        for need in read.needs(sentence):
            found.setdefault((need.kind, need.noun, need.of, need.columns), need)
    return tuple(found.values())


class Reader:
    """What the sentences are read against: the things that are there, and what they hang on."""

    def __init__(
        self, entities: tuple[Entity, ...], relations: tuple[Relation, ...], place: Place
    ) -> None:
        self.entities = entities
        self.relations = relations
        self._place = place

    def needs(self, sentence: str) -> Iterator[Need]:
        """The needs of one sentence."""
        words = " ".join(sentence.split()).strip(" .")
        yield from self._histories(sentence, words)
        yield from self._stays(sentence, words)
        yield from self._overlaps(sentence, words)
        yield from self._trees(sentence, words)
        yield from self._uniques(sentence, words)
        yield from self._records(sentence, words)
        yield from self._movements(sentence, words)
        yield from self._capacities(sentence, words)
        yield from self._languages(sentence, words)
        yield from self._of_models(sentence, words)

    def place(self, word: str | None) -> str:
        """The entity that a word means."""
        return self._place(singular((word or "").strip().lower())) if word else ""

    def named(self, sentence: str) -> tuple[str, ...]:
        """The entities that a sentence names, in its order."""
        nouns = (
            self._place(p.text)
            for each in sentences(sentence)
            for p in phrases_of(each)
            if p.kind == "N"
        )
        return tuple(dict.fromkeys(n for n in nouns if n))

    def parents(self, noun: str) -> tuple[str, ...]:
        """What each row of it has one of."""
        return tuple(r.parent for r in self.relations if r.child == noun and not r.many)

    def holder(self, name: str) -> str:
        """The entity that has a column of that name."""
        return next((e.noun for e in self.entities if name in e.attributes), "")

    def _histories(self, sentence: str, words: str) -> Iterator[Need]:
        for match in _CHANGES.finditer(sentence):
            what = singular((match["what"] or match["old"] or match["of"] or match["hist"]).lower())
            name = what if is_column(what) else kinds.head(what)
            column = name.replace(" ", "_")
            noun = self.holder(column) or self.holder(kinds.head(name))
            itself = self._place(name)
            if itself and self.parents(itself):
                yield Need(kind="history", noun=itself, columns=("amount",), words=words)
                continue
            noun = noun or next((n for n in self.named(sentence) if self._sold(n)), "")
            noun = noun or next((e.noun for e in self.entities if self._sold(e.noun)), "")
            if noun:
                yield Need(kind="history", noun=noun, columns=(column,), words=words)

    def _stays(self, sentence: str, words: str) -> Iterator[Need]:
        """What was agreed stays, though the price changes."""
        if _STAYS.search(sentence):
            named = [n for n in self.named(sentence) if self._sold(n)]
            sold = [*named, *(e.noun for e in self.entities if self._sold(e.noun))]
            if sold:
                yield Need(kind="agreed", noun=sold[0], words=words)

    def _sold(self, noun: str) -> bool:
        """Whether a thing is what has a price: no person, and no act."""
        lasting = not kinds.is_a(noun, kinds.BOOKINGS | kinds.DOCUMENTS | kinds.NAMELESS)
        offered = kinds.is_a(noun, kinds.PRICED | frozenset({"model", "article", "room", "unit"}))
        return lasting and offered and not is_someone(noun)

    def _overlaps(self, sentence: str, words: str) -> Iterator[Need]:
        for match in _OVERLAPS.finditer(sentence):
            noun = self.place(match["what"] or match["adj"])
            of = self.place(match["of"] or match["per"])
            of = of or next((n for n in self.named(sentence) if n in self.parents(noun)), "")
            of = of or next(iter(self.parents(noun)), "")
            if noun and of:
                yield Need(kind="overlap", noun=noun, of=(of,), words=words)
        if _ONE_AT_A_TIME.search(sentence):
            yield from self._one_at_a_time(sentence, words)

    def _one_at_a_time(self, sentence: str, words: str) -> Iterator[Need]:
        """What is taken by one at a time: the thing named, in what takes it."""
        named = self.named(sentence)
        for thing in named:
            takes = [e.noun for e in self.entities if thing in self.parents(e.noun)]
            acts = [n for n in takes if kinds.is_a(n, kinds.BOOKINGS | _TAKING)]
            acts += [n for n in takes if n in named and n not in acts]
            if acts and not is_someone(thing):
                yield Need(kind="overlap", noun=acts[0], of=(thing,), words=words)
                return
        dated = [n for n in named if set(self.parents(n)) & set(named)]
        if dated and "valid" in sentence:
            of = next(p for p in self.parents(dated[0]) if p in named)
            yield Need(kind="overlap", noun=dated[0], of=(of,), words=words)

    def _trees(self, sentence: str, words: str) -> Iterator[Need]:
        for match in _NESTED.finditer(sentence):
            noun = self.place(next(g for g in match.groups() if g))
            if noun:
                yield Need(kind="tree", noun=noun, words=words)

    def _uniques(self, sentence: str, words: str) -> Iterator[Need]:
        for match in _UNIQUE_IN.finditer(sentence):
            what = singular(match["what"].lower().split()[-1])
            per = self.place(match["per"])
            nouns = (per, *(e.noun for e in self.entities if per in self.parents(e.noun)))
            holder = self.holder(what) if self.holder(what) else self._who_has(what, nouns)
            if holder and not self._place(what):
                of = (per,) if per and per != holder else ()
                yield Need(kind="unique", noun=holder, of=of, columns=(what,), words=words)
        for match in _ONE_PER.finditer(sentence):
            per = [p for p in (self.place(match["per"]), self.place(match["and"])) if p]
            what = self.place(match["what"])
            named = tuple(reversed(self.named(sentence[: match.start()])))
            noun = what or next((n for n in named if set(per) <= set(self.parents(n))), "")
            if noun in per:
                continue
            if noun and per:
                kind = ("kind",) if " kind" in match[0] else ()
                yield Need(kind="unique", noun=noun, of=tuple(per), columns=kind, words=words)
        for match in _ONCE_PER.finditer(sentence):
            pair = {self.place(match["who"]), self.place(match["per"])}
            noun = next((e.noun for e in self.entities if pair <= set(self.parents(e.noun))), "")
            if noun and "" not in pair:
                of = (self.place(match["who"]), self.place(match["per"]))
                yield Need(kind="unique", noun=noun, of=of, words=words)
        for match in _TWICE_FOR.finditer(sentence):
            pair = {self.place(match["what"]), self.place(match["per"])}
            noun = next((e.noun for e in self.entities if pair <= set(self.parents(e.noun))), "")
            if noun and "" not in pair:
                of = (self.place(match["per"]), self.place(match["what"]))
                yield Need(kind="unique", noun=noun, of=of, words=words)

    def _who_has(self, what: str, nouns: tuple[str, ...]) -> str:
        """Whose column a word is where the words do not say: e-mail is a user's."""
        if what in {"email", "username", "handle", "login"}:
            people = [e.noun for e in self.entities if is_someone(e.noun)]
            return next((n for n in people if n in {"user", "customer", "member"}), "") or next(
                iter(people), ""
            )
        if what in {"slug", "name", "title", "code", "number", "position", "key"}:
            children = [n for n in nouns[1:] if n and not is_someone(n)]
            named = [n for n in children if not kinds.is_a(n, kinds.NAMELESS | kinds.DOCUMENTS)]
            return next(iter(named), "") or next((n for n in nouns if n), "")
        return ""

    def _records(self, sentence: str, words: str) -> Iterator[Need]:
        named = self.named(sentence)
        if _STATES.search(sentence):
            noun = self.holder("status") or next(iter(named), "")
            if noun:
                yield Need(kind="states", noun=noun, words=words)
        elif _APPEND.search(sentence) and named:
            yield Need(kind="append", noun=named[0], words=words)
        if _SOFT.search(sentence):
            specific = named[:1] if not re.search(r"\bnothing\b", sentence, _I) else ()
            nouns = specific or tuple(e.noun for e in self.entities)
            for noun in nouns:
                yield Need(kind="soft", noun=noun, words=words)
        if audited := _AUDIT.search(sentence):
            for noun in (
                self.named(sentence[audited.start() :]) or named or (self.entities[0].noun,)
            ):
                yield Need(kind="audit", noun=noun, words=words)

    def _movements(self, sentence: str, words: str) -> Iterator[Need]:
        if not _MOVES.search(sentence):
            return
        held = _HELD.search(sentence)
        what = held["what"].lower() if held else ""
        stock = next((e.noun for e in self.entities if kinds.head(e.noun) in _STOCKS), "")
        if stock and (not held or what in {"stock", "inventory", "quantity", "level", "content"}):
            yield Need(kind="movements", noun=stock, columns=("quantity",), words=words)
            return
        if not held:
            return
        named = [n for n in self.named(sentence) if not kinds.is_a(n, kinds.NAMELESS)]
        account = [n for n in named if kinds.head(n) in {"account", "wallet", "silo", "tank"}]
        column = {"owe": "balance", "contents": "content", "points": "points"}.get(
            what, singular(what)
        )
        noun = next(iter(account), "") or next((n for n in named if is_someone(n)), "")
        noun = noun or next(iter(named), "")
        if what in {"gold", "coin", "coins", "credits", "points", "balance", "balances"}:
            noun = noun or next((e.noun for e in self.entities if is_someone(e.noun)), "")
        if noun:
            yield Need(kind="movements", noun=noun, columns=(column,), words=words)

    def _capacities(self, sentence: str, words: str) -> Iterator[Need]:
        for match in _FULL.finditer(sentence):
            number = next((match[g] for g in ("most", "upto", "max", "nomore") if match[g]), "")
            many = next((match[g] for g in ("many", "several", "max_of", "than") if match[g]), "")
            named = self.named(sentence)
            if number:
                child = self.place(many)
                parent = next((n for n in named if n in self.parents(child)), "")
                if child and parent:
                    yield Need(
                        kind="capacity", noun=child, of=(parent,), most=int(number), words=words
                    )
                continue
            for child in named:
                acts = kinds.is_a(child, kinds.BOOKINGS | frozenset({"registration", "enrolment"}))
                of = [p for p in self.parents(child) if p in named and not is_someone(p)]
                if acts and of:
                    yield Need(kind="capacity", noun=child, of=(of[0],), words=words)
                    break
            else:
                yield from self._of_acts(named, words)

    def _of_acts(self, named: tuple[str, ...], words: str) -> Iterator[Need]:
        """What is full is what acts take: registrations of a session."""
        for parent in named:
            for each in self.entities:
                acts = kinds.BOOKINGS | frozenset({"registration", "enrolment", "enrollment"})
                if kinds.is_a(each.noun, acts) and parent in self.parents(each.noun):
                    if not is_someone(parent):
                        yield Need(kind="capacity", noun=each.noun, of=(parent,), words=words)
                        return

    def _of_models(self, sentence: str, words: str) -> Iterator[Need]:
        """What is booked by its model, of which there are units: which is given, how many are."""
        for act, model, unit in self._booked_by_model():
            handed = _HANDED.search(sentence)
            if handed and self.place(handed["what"]) == unit:
                yield Need(kind="handed", noun=act, of=(unit,), words=words)
            if _STOCKED.search(sentence):
                out = ("in_repair",) if _OUT_OF_USE.search(sentence) else ()
                yield Need(kind="stocked", noun=act, of=(model, unit), columns=out, words=words)

    def _booked_by_model(self) -> Iterator[tuple[str, str, str]]:
        """Act, model and unit, where the act is of models and the units hang on these."""
        for relation in self.relations:
            if not kinds.is_a(relation.child, kinds.BOOKINGS | kinds.DOCUMENTS):
                continue
            for each in self.relations:
                unit = each.parent == relation.parent and not each.many and not each.role
                if unit and each.child != relation.child and not is_someone(each.child):
                    if kinds.is_a(each.child, kinds.RESOURCES | frozenset({"copy", "piece"})):
                        yield relation.child, relation.parent, each.child

    def _languages(self, sentence: str, words: str) -> Iterator[Need]:
        if not _LANGUAGES.search(sentence):
            return
        spoken = [p.text for s in sentences(sentence) for p in phrases_of(s) if p.kind == "N"]
        columns = tuple(dict.fromkeys(s for s in spoken if s in _TEXTS)) or ("name",)
        nouns = self.named(sentence) or tuple(
            e.noun for e in self.entities if not is_someone(e.noun) and self._is_shown(e.noun)
        )
        for noun in nouns[:_MOST_TRANSLATED]:
            yield Need(kind="languages", noun=noun, columns=columns, words=words)

    def _is_shown(self, noun: str) -> bool:
        acts = kinds.BOOKINGS | kinds.DOCUMENTS | kinds.NAMELESS
        return not kinds.is_a(noun, acts) or kinds.head(noun) in {"session", "event"}


_TAKING = frozenset({"loan", "task", "assignment", "ride", "trip", "tour", "job"})
_MOST_TRANSLATED = 3
_STOCKS = frozenset({"stock", "inventory"})
_TEXTS = frozenset("title description name summary caption body text label content".split())
