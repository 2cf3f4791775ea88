"""What stands beside a thing: after a preposition, or in the brackets that follow it."""

import re

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import is_column, is_someone, is_thing
from blueproof.advisors.model.prose.phrases import Phrase
from blueproof.advisors.model.prose.rows import rows_of
from blueproof.advisors.model.prose.said import Hangs, Heard

_OF = frozenset("of by per for on in from at against to between under into with".split())
_PLAIN = frozenset("model edition format variant make".split())
_ALSO = re.compile(
    r"^(?:(?:who|which|he|she|it) (?:is|are) )?(?:also )?(?:an?|another) (?P<of>\w+)$"
)


def of_object(
    one: Phrase, preposition: str, other: Phrase, clauses: tuple[Clause, ...], heard: Heard
) -> bool:
    """Hear "they record hours on a matter with a date": the date is of the hours."""
    if preposition != "with" or not is_column(other.text):
        return False
    for clause in clauses:
        on = any(p is one and prep in {"on", "for"} for prep, p in clause.after)
        objects = rows_of(clause.objects)
        if on and objects and clause.verb.text not in things.HAVE:
            for prep, phrase in clause.after:
                if prep == "with" and is_column(phrase.text):
                    heard.column(objects[0].text, phrase.text)
            return True
    return False


def pair(one: Phrase, preposition: str, other: Phrase, heard: Heard) -> None:
    """Hear "scans of a parcel", "customers with a name": what stands beside a thing."""
    if preposition not in _OF or not is_thing(one.text) or one.text == other.text:
        return
    row = is_thing(other.text) and not is_column(other.text)
    if is_column(one.text):
        if preposition == "of" and row:
            heard.column(other.text, one.text)
    elif preposition == "with" and (
        is_column(other.text) or (other.text in things.SORTS and other.number == "one")
    ):
        _with_column(one, other, heard)
    elif preposition == "with" and row:
        heard.thing(other.text, 0)
        several = other.number in {"many", "plural"} and not kinds.is_booking(one.text)
        both = (other.text, one.text) if several else (one.text, other.text)
        heard.hangs.append(Hangs(child=both[0], parent=both[1], how="near"))
    elif row and preposition == "per" and _is_of_act(one.text, heard):
        heard.thing(other.text, 1)  # "one meal per child" is a rule, not what hangs on what
    elif row:
        heard.thing(other.text, 1)
        heard.thing(one.text, 1)
        heard.hangs.append(Hangs(child=one.text, parent=other.text, how="near"))


def _with_column(one: Phrase, other: Phrase, heard: Heard) -> None:
    """Hear "owners with shares": a column of the thing, or of the pair that it stands in."""
    of_pair = other.number in {"plural", "many"} and one.number == "many"
    if of_pair or kinds.is_a(one.text, kinds.SHARED):  # "ingredients with an amount"
        heard.pairs.append((one.text, other.text))
    elif kinds.head(other.text) != "quantity":
        heard.column(one.text, other.text)


def _is_of_act(noun: str, heard: Heard) -> bool:
    """Whether it is what an act is done to, so that "one per child" counts the acts."""
    return any(h.parent == noun and h.child in heard.made for h in heard.hangs)


def in_brackets(phrases: tuple[Phrase, ...], brackets: list[str], heard: Heard) -> None:
    """What brackets say, of the thing before: "each scan of a parcel (time, depot)" of the scan."""
    for place, phrase in enumerate(phrases):
        if phrase.kind != "N" or phrase.bracket < 0:
            continue
        of = [p.text for p in phrases[max(place - 2, 0) : place]]
        whole = phrases[place - 2] if of[1:] == ["of"] else phrase
        whole = whole if whole.kind == "N" and is_thing(whole.text) else phrase
        _bracket(whole, brackets[phrase.bracket], heard)


def _bracket(phrase: Phrase, text: str, heard: Heard) -> None:
    """What stands in brackets after a thing: its columns, or the values of a column."""
    also = _ALSO.match(text.strip().lower())
    if also:
        heard.alias[phrase.text] = also["of"]
        return
    parts = [p.strip().lower() for p in re.split(r",|;|/|\bor\b|\band\b", text) if p.strip()]
    if not parts or not all(re.fullmatch(r"[a-z][a-z _-]{0,30}", p) for p in parts):
        return
    if kinds.head(phrase.text) in things.ENUMERATED:
        heard.column(f"={phrase.text}", "values", ",".join(parts))
    elif any(is_column(p) for p in parts) or phrase.number == "bare":
        for name in parts:
            if " per " in name or " of " in name:
                continue
            known = kinds.head(name) in kinds.KNOWN or is_someone(name)
            if is_column(name) or not is_thing(name) or (name in _PLAIN and not known):
                heard.column(phrase.text, name)
                heard.hangs.append(Hangs(child=phrase.text, parent=name, how="near"))
            else:
                heard.thing(name, 2)
                heard.hangs.append(Hangs(child=phrase.text, parent=name, how="near"))
