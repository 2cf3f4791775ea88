"""A request that asks several things: which of its parts the answer leaves open, and what is known.

One part, or the whole, has the consultation; what else is asked gets the entry that answers it, or
is said to be unanswered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.bill.advise import owns_bill
from blueproof.advisors.choose.owning import owns
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.designs.advise import SLOT as DESIGN
from blueproof.advisors.designs.advise import covers
from blueproof.advisors.incident.judge import is_told_by
from blueproof.advisors.known.advise import ANSWER, NEAR, answer_of, beside
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.phrases import weight
from blueproof.advisors.known.ranking import assured, likelihood, probable, ranked
from blueproof.advisors.known.reproduction.owning import is_slow, is_worth_reading
from blueproof.advisors.known.signals import words_of
from blueproof.advisors.matters.may import MATTER
from blueproof.advisors.observe.owning import SLOT
from blueproof.advisors.review.owning import asks_judgement
from blueproof.advisors.review.telling import HOLE
from blueproof.consulting.asked_of_answer import is_told_by_answer
from blueproof.consulting.asked_of_queries import asks_of_queries, of_queries
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Blueprint, Unproved
from blueproof.core.brief import Brief
from blueproof.facts.entries import Charge
from blueproof.facts.words import stems
from blueproof.intake.words.asks import Ask, asks_in
from blueproof.intake.words.read import read_request
from blueproof.proof.beside import Cited, with_cited

_AT_LENGTH = 2  # questions beside the first that are answered at length; of more, shortly
_SHORTLY = 2  # sentences: the question as it was put, and what answers it
_MODEL = "data-model"  # the slot of a model that was made
_STEPS = 2  # of one of them
_WISHED = 0.5  # likelihood from which an entry answers a wish, which has few words
_ASKING = 2  # stems of a question that says what it is about
_SHORT = 90  # characters of a question that is quoted
_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n+")
_TELLING = 3.0  # weight of words in common from which a sentence speaks of the same
_TALE = 45  # words; a longer one tells of many things
_FIRST = 25  # characters by which a part is found in the whole
_OWN = 0.35  # share of the part's own words that stand in what answers it
_MANY = 5  # telling words of a question that needs no other to be understood
_OF_A_BILL = re.compile(
    r"\b(?:cut|sav\w+|reduc\w+|bills?|invoice|lines?|expensive|spend\w*|first|lower|optimi\w+"
    r"|(?:go|went|gone|going|shot) up|gr[eo]w\w*|happened|changed|increas\w+|jump\w*|rose|risen"
    r"|doubled|tripled|spik\w+|differen\w+)\b",
    re.IGNORECASE,
)
_ON_TITLE = re.compile(r"^On (?:how|what|whether|where|which|when|who|why)\b[^:]{3,140}: (?=\w)")
_JOINS = re.compile(r"^(?:and|but|also|so|then),?\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the questions with what is told for all of them, and the entries that speak to it."""

    ask: Ask
    brief: Brief
    found: tuple[Found, ...]

    @property
    def sure(self) -> Found | None:
        """The entry that surely answers."""
        return assured(self.found)

    @property
    def likely(self) -> Found | None:
        """The entry that likely answers, which is enough for what is put as a question."""
        if self.ask.wished:
            return self.found[0] if likelihood(self.found) >= _WISHED else None
        if self.found[:1] and not self.sure and _is_unasked_charge(self.found[0]):
            return None
        return probable(self.found) if self.ask.is_question else self.sure


def _is_unasked_charge(first: Found) -> bool:
    """Whether it is a line of bills, and the question speaks of no money."""
    return isinstance(first.entry, Charge) and first.signals["fits"] < 0


def parts_of(brief: Brief) -> tuple[Part, ...]:
    """The parts of a request that asks several things; none where it asks one."""
    asks = asks_in(brief.request) or tuple(_beside_a_bill(brief))
    return tuple(_part(brief, ask, first=ask is asks[0]) for ask in asks)


def _beside_a_bill(brief: Brief) -> Iterator[Ask]:
    """What else is asked where a bill is handed over, with the sentence before it."""
    if not owns_bill(brief):
        return
    told = [s for s in _SENTENCE_END.split(brief.request) if s.strip()]
    asked = [n for n, s in enumerate(told) if "?" in s and not _OF_A_BILL.search(s)]
    if asked:
        before = told[asked[0] - 1] if asked[0] else ""
        yield Ask(shared=before, own=" ".join(told[n] for n in asked))


def _part(brief: Brief, ask: Ask, *, first: bool) -> Part:
    """The part as read with what is told for all.

    Where that leads nowhere, or to what only the tale speaks of: with the sentences that speak of
    the same, or by itself. A short tale is told for the first.
    """
    both = _read(brief, ask, ask.whole)
    briefly = first and len(ask.shared.split()) <= _TALE
    if not ask.shared or (both.likely and (briefly or _is_of(both, ask))):
        return both
    told = (*(_of_the_same(brief, ask, most) for most in (1, 2)), "")
    texts = dict.fromkeys(replace(ask, shared=words).whole for words in told)
    read = [_read(brief, ask, text) for text in texts]
    read.append(_read(brief, ask, ask.own, lent=False))
    apt = [part for part in read if _is_of(part, ask)]
    return max(apt or read[-1:], key=lambda part: likelihood(part.found))


def _is_of(part: Part, ask: Ask) -> bool:
    """Whether what answers has enough of the part's own words, not only of those lent to it.

    The names of products are no words of its own: they are in all that is told.
    """
    named = {s for f in part.brief.facts if f.key == "technology" for s in stems(f.quote)}
    own = [s for s in dict.fromkeys(stems(ask.own)) if not s.isdigit() and s not in named]
    here = words_of(part.found[0].entry.id) if part.found else frozenset[str]()
    return sum(weight(s) for s in own if s in here) >= _OWN * sum(map(weight, own))


def _of_the_same(brief: Brief, ask: Ask, most: int) -> str:
    """The sentences told before that have telling words of the part, so many at most, in order."""
    wanted = {stem for stem in stems(ask.own) if not stem.isdigit()}
    begins = brief.request.find(ask.own[:_FIRST])
    told = [s.strip(" -*") for s in _SENTENCE_END.split(brief.request[: max(begins, 0)])]
    worth = {s: sum(map(weight, wanted & {*stems(s)})) for s in told if "?" not in s}
    best = sorted((s for s in worth if worth[s] >= _TELLING), key=lambda s: -worth[s])[:most]
    return " ".join(s if s.endswith((".", "!")) else f"{s}." for s in told if s in best)


def _read(brief: Brief, ask: Ask, text: str, *, lent: bool = True) -> Part:
    """The part by these words; where they name no product, those of the whole may be meant."""
    read = read_request(text)
    told = tuple(f for f in brief.facts if f.source in {"file", "stated"} and not f.quote)
    named = any(f.key == "technology" for f in read.facts)
    meant = () if named or not lent else tuple(f for f in brief.facts if f.key == "technology")
    unsaid = (replace(f, source="stated", quote="", span=None) for f in meant)
    part = replace(read, facts=(*read.facts, *told, *unsaid))
    return Part(ask=ask, brief=part, found=ranked(part))


def main_part(brief: Brief, parts: tuple[Part, ...]) -> Brief:
    """The part that is answered first where the whole is too much at once; else the whole."""
    likely = [part for part in parts if part.likely]
    whole = ranked(brief)
    if not likely or (assured(whole) and len(likely) < len(parts)):
        return brief
    return likely[0].brief


def slow_part(brief: Brief, parts: tuple[Part, ...]) -> Brief:
    """The part that tells of a slow query, where others ask of something else; else the whole."""
    slow = [part for part in parts if is_slow(part.ask.own) and is_worth_reading(part.brief)]
    return slow[0].brief if len(slow) == 1 else brief


def none_is_slow(parts: tuple[Part, ...]) -> bool:
    """Whether none of the parts tells of a slow query, which only all of them together seem to."""
    return bool(parts) and not any(
        is_slow(part.ask.own) and is_worth_reading(part.brief) for part in parts
    )


def with_others(brief: Brief, blueprint: Blueprint) -> Blueprint:
    """The blueprint with an answer to what else is asked."""
    others = tuple(_others(brief, blueprint))
    asked = asks_of_queries(brief.request)
    told = of_queries(asked, blueprint) if asked else ""
    if told and not any(told in each.sentences for each in others):
        others += (Cited(sentences=(f"\u201c{asked}\u201d: {told}",)),)
    if sum(bool(each.sentences) for each in others) > _AT_LENGTH:
        others = tuple(map(_shortly, others))
    return with_cited(blueprint, others) if others else blueprint


def _shortly(cited: Cited) -> Cited:
    """The answer in a sentence, and what to do first."""
    first = tuple(f"{step.do.rstrip('.')}." for step in cited.steps[:1])
    return replace(cited, sentences=(*cited.sentences[:_SHORTLY], *first), steps=cited.steps[:1])


def _others(brief: Brief, blueprint: Blueprint) -> Iterator[Cited]:
    answered = {f.says for f in blueprint.findings if f.rule == ANSWER}
    parts = parts_of(brief)
    if all(part.ask.wished and not part.likely for part in parts):
        return
    first = next(iter(parts), None)  # the whole's answer is one to it
    reviewed = any(f.rule.startswith(HOLE) for f in blueprint.findings)
    taken = _taken(brief, parts, known=bool(answered), reviewed=reviewed)
    watched = any(r.slot == SLOT for r in blueprint.recommendations)  # it answers all of a watch
    if is_told_by(brief, blueprint.answer):  # so does what is told of a trouble, but for the sure
        parts = tuple(p for p in parts[1:] if _quoted(p.ask) not in blueprint.answer)
    taken += _taken_whole(brief, blueprint, parts)
    theirs = set[str]()  # entries of a question that has them for its answer
    for read in (part for part in parts if part not in taken):
        says = read.likely.entry.says if read.likely else ""
        known = says in answered
        part = _by_itself(brief, read) if says in theirs else read
        theirs.add(says)
        if known and part.found[:1] and part.found[0].entry.says in answered:
            continue  # it asks the same by its own words too
        best = part.likely
        if of_them := of_queries(part.ask.own, blueprint):
            yield Cited(sentences=(put(part.ask), of_them))
        elif found := (_way_of(part) if read != first else None) or _compared(part):
            yield found
        elif best:
            answered.add(best.entry.says)
            yield answer_to(part, best)
        elif _is_left(part, blueprint) and not watched:
            yield _open(part)


def _is_left(part: Part, blueprint: Blueprint) -> bool:
    """Whether a part is a question that the answer itself has not told."""
    return part.ask.is_question and not is_told_by_answer(_quoted(part.ask), blueprint)


def has_enough(part: Part) -> bool:
    """Whether a part is put as a question, with words enough to be understood by itself."""
    own = {*stems(part.ask.own)}
    return part.ask.is_question and not part.ask.wished and len(own) >= _MANY


def _way_of(part: Part) -> Cited | None:
    """What a consultation of its own says to a part that is put as a question of some length."""
    if not has_enough(part):
        return None
    from blueproof.consulting.by_way import by_way  # the designs and changes are many files

    found = by_way(part.ask.own, part.ask.whole)
    return found and replace(found, sentences=(put(part.ask), *found.sentences))


def _taken_whole(brief: Brief, blueprint: Blueprint, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts that a model, a matter of security or a design has answered with the whole."""
    slots = [r.slot for r in blueprint.recommendations]
    designs = [slot for slot in slots if slot.startswith(DESIGN)]
    taken = parts[:1] if designs else ()  # the design is of the whole, which the first asks
    taken += tuple(p for p in parts for slot in designs if covers(slot, p.ask.own))
    if _MODEL in slots:
        taken += tuple(p for p in parts if _of_model(p, brief))
    if any(slot.startswith(MATTER) for slot in slots):
        told = frozenset(stems(" ".join((blueprint.answer, *(s.do for s in blueprint.steps)))))
        taken += tuple(p for p in parts if not _is_of_its_own(p, told))
    return taken


def _is_of_its_own(part: Part, told: frozenset[str]) -> bool:
    """Whether a question beside a matter has words enough, and few that the answer speaks of."""
    own = {*stems(_quoted(part.ask))}
    return len(own) >= _MANY and len(own & told) < _OWN * len(own)


def _of_model(part: Part, brief: Brief) -> bool:
    """Whether a data model has answered the part: one table or two, uuid or bigint."""
    from blueproof.advisors.model.asked import answers  # what writes tables is many files
    from blueproof.advisors.model.deciding import decide
    from blueproof.advisors.model.reading import read_told

    told = read_told(brief.request, supabase=False)
    return told is not None and bool(answers(part.ask.own, told, decide(told)))


def _by_itself(brief: Brief, part: Part) -> Part:
    """The part by its own words: what is told for all of them may have led to the first's entry."""
    return _read(brief, part.ask, replace(part.ask, shared="").whole)


def _taken(
    brief: Brief, parts: tuple[Part, ...], *, known: bool, reviewed: bool
) -> tuple[Part, ...]:
    """The parts that the consultation which was had answers: those of its kind, or the first.

    What is known answers by an entry, and the first part by the whole where that is what was read.
    A choice or a design has weighed what is wished for, and a review all that a plan tells.
    """
    if reviewed:
        return tuple(p for p in parts if "?" not in p.ask.own or asks_judgement(p.ask.own))
    if known:
        return tuple(p for p in parts[:1] if not p.likely and main_part(brief, parts) is brief)
    if not parts[1:]:
        return ()  # what is asked beside a bill, which was read
    of_kind = tuple(part for part in parts if part.ask.wished or _is_owned(part))
    return of_kind or parts[:1]


def _is_owned(part: Part) -> bool:
    """Whether a consultation of another kind than what is known answers the part."""
    own = read_request(part.ask.own)
    slow = is_slow(part.ask.own) and is_worth_reading(part.brief)
    return owns(own) or deploys(own) or owns_bill(own) or slow


def _compared(part: Part) -> Cited | None:
    """What the services cost that a part puts to the choice, where it does."""
    from blueproof.advisors.services.owning import compared  # reads the files of prices

    comparison = compared(part.brief)
    if comparison is None:
        return None
    from blueproof.advisors.services.telling import priced

    found = priced(comparison)
    sources = found.recommendation.evidence if found.recommendation else ()
    price = Finding(rule=ANSWER, where="published", says=found.sentences[0], evidence=sources)
    return Cited(sentences=(put(part.ask), *found.sentences), findings=(price,))


def answer_to(part: Part, best: Found) -> Cited:
    """What the entry says to the part, after the question."""
    told, source = answer_of(best, part.brief, sure=part.sure is not None)
    return Cited(
        sentences=(put(part.ask), *map(_without_title, told.sentences)),
        steps=told.steps[:_STEPS],
        findings=(source,),
    )


def _without_title(sentence: str) -> str:
    """The sentence without "On what it is about:", which the question before it says."""
    says = _ON_TITLE.sub("", sentence)
    return says if says == sentence else f"{says[:1].upper()}{says[1:]}"


def _open(part: Part) -> Cited:
    """That nothing answers the part, and what is nearest to it."""
    near = part.found[0] if likelihood(part.found) >= NEAR else None
    why = "nothing that we checked is surely about it: ask it alone, with its circumstances"
    return Cited(
        not_proved=(Unproved(statement=f"\u201c{_quoted(part.ask)}\u201d", why=why),),
        findings=(beside(near, part.brief),) if near else (),
    )


def put(ask: Ask) -> str:
    """The question as it is put before its answer."""
    return f"You also {'want' if ask.wished else 'ask'} \u201c{_quoted(ask)}\u201d:"


def _quoted(ask: Ask) -> str:
    """The sentence that asks, cut where it is long."""
    asking = (s for s in _SENTENCE_END.split(ask.own) if s.rstrip().endswith("?"))
    plain = _JOINS.sub("", " ".join(next(asking, ask.own).split()))
    if len({*stems(plain)}) < _ASKING and len(ask.own) > _SHORT:  # "What now?"
        return f"{ask.own[:_SHORT].rsplit(maxsplit=1)[0]} ..."
    return plain if len(plain) <= _SHORT else f"... {plain[-_SHORT:].split(maxsplit=1)[-1]}"
