"""The rules and records that sentences ask for, of things that have a table."""

import re
from collections.abc import Callable, Iterator

from blueproof.advisors.model import demands as said
from blueproof.advisors.model import kinds
from blueproof.advisors.model.further import GETS_ONE, further
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose.clauses import sentences
from blueproof.advisors.model.prose.naming import is_column, is_someone
from blueproof.advisors.model.prose.phrases import phrases_of
from blueproof.advisors.model.prose.things import EVENTS
from blueproof.advisors.model.told import Entity, Need, Relation

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
        yield from further(self, sentence, words)

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

    def acts_on(self, noun: str) -> str:
        """What somebody does with a thing: the sign-ups of a class; "" for none or several."""
        both = (r for r in self.relations if r.many and noun in {r.child, r.parent})
        joined = [
            f"{r.child} {r.parent}"
            for r in both
            if is_someone(r.child if r.parent == noun else r.parent)
        ]
        acts = [
            e.noun
            for e in self.entities
            if noun in self.parents(e.noun)
            and kinds.head(e.noun) in _DOINGS
            and any(is_someone(p) for p in self.parents(e.noun))
        ]
        found = acts or joined
        return found[0] if len(found) == 1 else ""

    def holder(self, name: str) -> str:
        """The entity that has a column of that name."""
        return next((e.noun for e in self.entities if name in e.attributes), "")

    def _histories(self, sentence: str, words: str) -> Iterator[Need]:
        for match in said.CHANGES.finditer(sentence):
            if said.DESPITE.search(sentence[: match.start()]):
                continue  # "stays as it was even if the price changes" asks for no list of prices
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
        if said.STAYS.search(sentence):
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
        for match in said.OVERLAPS.finditer(sentence):
            noun = self.place(match["what"] or match["adj"] or match["two"])
            of = self.place(match["of"] or match["per"] or match["same"])
            of = of or next((n for n in self.named(sentence) if n in self.parents(noun)), "")
            of = of or next(iter(self.parents(noun)), "")
            if noun and of:
                yield Need(kind="overlap", noun=noun, of=(of,), words=words)
            for also in said.ALSO_FOR.finditer(sentence):
                if noun and self.place(also["also"]) in self.parents(noun):
                    of = self.place(also["also"])
                    yield Need(kind="overlap", noun=noun, of=(of,), words=words)
        for match in said.TWO_OF_ONE.finditer(sentence):
            who, what = self.place(match["who"]), self.place(match["what"])
            both = {who, what}
            act = next((e.noun for e in self.entities if both <= set(self.parents(e.noun))), "")
            if act and who and what:  # "nobody signs up for two shifts that overlap"
                yield Need(kind="overlap", noun=act, of=(who,), columns=(what,), words=words)
        if said.ONE_AT_A_TIME.search(sentence):
            yield from self._one_at_a_time(sentence, words)

    def _one_at_a_time(self, sentence: str, words: str) -> Iterator[Need]:
        """What is taken by one at a time: the thing named, in what takes it."""
        named = self.named(sentence)
        for thing in named:
            takes = [e.noun for e in self.entities if thing in self.parents(e.noun)]
            acts = [n for n in takes if kinds.is_a(n, kinds.BOOKINGS | _TAKING)]
            acts += [n for n in takes if n in named and n not in acts]
            joined = [r for r in self.relations if r.many and r.parent == thing]
            taken = [r for r in joined if kinds.is_a(r.child, kinds.BOOKINGS | _TAKING)]
            if taken and not acts:
                noun = f"{taken[0].child} {thing}"
                yield Need(kind="overlap", noun=noun, of=(thing,), words=words)
                return
            if acts and not is_someone(thing):
                yield Need(kind="overlap", noun=acts[0], of=(thing,), words=words)
                return
        dated = [n for n in named if set(self.parents(n)) & set(named)]
        if dated and "valid" in sentence:
            of = next(p for p in self.parents(dated[0]) if p in named)
            yield Need(kind="overlap", noun=dated[0], of=(of,), words=words)

    def _trees(self, sentence: str, words: str) -> Iterator[Need]:
        for match in said.NESTED.finditer(sentence):
            noun = self.place(next(g for g in match.groups() if g))
            if noun:
                yield Need(kind="tree", noun=noun, words=words)

    def _uniques(self, sentence: str, words: str) -> Iterator[Need]:
        for match in said.UNIQUE_IN.finditer(sentence):
            words_of = re.sub(r" (?:that|which)$", "", match["what"].lower()).split()
            what = singular(words_of[-1])
            whole = "_".join(words_of[-2:])
            what = whole if self.holder(whole) else what
            per = self.place(match["per"])
            whose = self.place(match["what"].rpartition(" ")[0].strip())
            nouns = (per, *(e.noun for e in self.entities if per in self.parents(e.noun)))
            holder = whose or self.holder(what) or self._who_has(what, nouns)
            if holder and not self._place(what):
                of = (per,) if per and per != holder else ()
                yield Need(kind="unique", noun=holder, of=of, columns=(what,), words=words)
        for match in said.ONE_PER.finditer(sentence) if not GETS_ONE.search(sentence) else ():
            yield from self._one_per(match, sentence, words)
        for match in said.ONCE_PER.finditer(sentence):
            yield from self._once(match["who"], match["per"], words)
        for match in said.TWICE_FOR.finditer(sentence):
            yield from self._once(match["per"], match["what"], words)

    def _one_per(self, match: re.Match[str], sentence: str, words: str) -> Iterator[Need]:
        """One review per order: the review is named, or stands in the words before."""
        of = tuple(p for p in (self.place(match["per"]), self.place(match["and"])) if p)
        before = reversed(self.named(sentence[: match.start()]))
        if (match["and"] or "").lower() in {"day", "date"} and len(of) == 1:
            what = self.place(match["what"])
            acts = [e.noun for e in self.entities if {what, *of} <= set(self.parents(e.noun))]
            if what and acts:  # "one meal per child and day" of the orders
                yield Need(kind="unique", noun=acts[0], of=of, columns=("day",), words=words)
            return
        noun = self.place(match["what"])
        noun = noun or next((n for n in before if set(of) <= set(self.parents(n))), "")
        if noun and of and noun not in of:
            kind = ("kind",) if " kind" in match[0] else ()
            yield Need(kind="unique", noun=noun, of=of, columns=kind, words=words)

    def _once(self, one: str, other: str, words: str) -> Iterator[Need]:
        """What hangs on two things, of which it joins each pair once."""
        of = (self.place(singular(one)), self.place(singular(other)))
        noun = next((e.noun for e in self.entities if set(of) <= set(self.parents(e.noun))), "")
        if noun and "" not in of:
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
        if said.STATES.search(sentence):
            papers = kinds.BOOKINGS | kinds.DOCUMENTS | {"ticket", "claim", "request", "case"}
            acts = (e.noun for e in self.entities if kinds.is_a(e.noun, frozenset(papers)))
            noun = self.holder("status") or next(iter(named), "") or next(acts, "")
            if noun:
                yield Need(kind="states", noun=noun, words=words)
        elif said.APPEND.search(sentence) and named:
            yield Need(kind="append", noun=named[0], words=words)
        if said.SOFT.search(sentence):
            specific = named[:1] if not re.search(r"\bnothing\b", sentence, re.IGNORECASE) else ()
            nouns = specific or tuple(e.noun for e in self.entities)
            for noun in nouns:
                yield Need(kind="soft", noun=noun, words=words)
        audited = said.AUDIT.search(sentence) if not said.STATES.search(sentence) else None
        if audited:
            for noun in (
                self.named(sentence[audited.start() :])
                or named
                or tuple(e.noun for e in self.entities)
            ):
                yield Need(kind="audit", noun=noun, words=words)

    def _movements(self, sentence: str, words: str) -> Iterator[Need]:
        if not said.MOVES.search(sentence):
            return
        held = said.HELD.search(sentence)
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
        for match in said.FULL.finditer(sentence):
            number = next(
                (match[g] for g in ("most", "upto", "max", "max2", "nomore") if match[g]), ""
            )
            many = next(
                (match[g] for g in ("many", "several", "max_of", "max2_of", "than") if match[g]), ""
            )
            named = self.named(sentence)
            before = self.named(sentence[: match.start()])
            if number:
                child = self.place(many)
                parent = next((n for n in named if n in self.parents(child)), "")
                if many in said.ANYBODY and named and not parent:
                    parent = next((n for n in reversed(before) if self.acts_on(n)), named[0])
                    child = self.acts_on(parent)
                if child and parent:
                    yield Need(
                        kind="capacity", noun=child, of=(parent,), most=int(number), words=words
                    )
                continue
            near = (*reversed(before), *named)
            acted = next((n for n in near if not is_someone(n) and self.acts_on(n)), "")
            if acted:
                yield Need(kind="capacity", noun=self.acts_on(acted), of=(acted,), words=words)
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
                of = parent in self.parents(each.noun) and not is_someone(parent)
                if of and kinds.is_a(each.noun, acts):
                    yield Need(kind="capacity", noun=each.noun, of=(parent,), words=words)
                    return

    def _of_models(self, sentence: str, words: str) -> Iterator[Need]:
        """What is booked by its model, of which there are units: which is given, how many are."""
        for act, model, unit in self._booked_by_model():
            handed = said.HANDED.search(sentence)
            if handed and self.place(handed["what"]) == unit:
                yield Need(kind="handed", noun=act, of=(unit,), words=words)
            if said.STOCKED.search(sentence):
                out = ("in_repair",) if said.OUT_OF_USE.search(sentence) else ()
                yield Need(kind="stocked", noun=act, of=(model, unit), columns=out, words=words)

    def _booked_by_model(self) -> Iterator[tuple[str, str, str]]:
        """Act, model and unit, where the act is of models and the units hang on these."""
        for relation in self.relations:
            if not kinds.is_a(relation.child, kinds.BOOKINGS | kinds.DOCUMENTS):
                continue
            for each in self.relations:
                of = each.parent == relation.parent and not each.many and not each.role
                unit = kinds.is_a(each.child, kinds.RESOURCES | frozenset({"copy", "piece"}))
                if of and unit and each.child != relation.child and not is_someone(each.child):
                    yield relation.child, relation.parent, each.child

    def _languages(self, sentence: str, words: str) -> Iterator[Need]:
        if not said.LANGUAGES.search(sentence):
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


_DOINGS = (
    frozenset(EVENTS.values()) | kinds.BOOKINGS | {"ticket", "participation", "entry", "signup"}
) - {"payment", "stock", "tag", "label"}
_TAKING = frozenset({"loan", "task", "assignment", "ride", "trip", "tour", "job"})
_MOST_TRANSLATED = 3
_STOCKS = frozenset({"stock", "inventory"})
_TEXTS = frozenset("title description name summary caption body text label content".split())
