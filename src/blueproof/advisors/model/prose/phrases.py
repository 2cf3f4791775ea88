"""A sentence as a row of phrases: things with how many are meant, verbs, and what joins them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose import lexicon as lex
from blueproof.advisors.model.prose.naming import is_someone
from blueproof.advisors.model.prose.tagging import Word, words_of

Number = Literal["one", "many", "plural", "bare"]
_USED = frozenset("use need require consume sell order buy".split())
_OURS = frozenset("app system platform database software site website".split())
_UNCOUNTED = frozenset("staff personnel equipment children".split())
_RATES = frozenset("hourly daily weekly monthly yearly annual".split())
_MONEY = frozenset("price rate fee rent cost salary wage charge".split())
_PARTS = frozenset("main primary responsible lead principal second backup substitute".split())
_LONGEST = 3  # words in the name of a thing


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A phrase. `kind` is N thing, V verb, P preposition, C and/or, W who/if, | comma.

    A thing's `text` is its noun in the singular; a verb's its base form, `passive` and `negated`
    said of it; `bracket` is the number of the bracket that follows, -1 for none; `fixed` is
    whether an article or a number stands before, `used` whether "used" or "needed" follows, `own`
    whether it is "its own", `part` the part that one of several plays ("main").
    """

    kind: str
    text: str
    number: Number = "bare"
    passive: bool = False
    negated: bool = False
    modal: str = ""
    bracket: int = -1
    fixed: bool = False
    used: bool = False
    own: bool = False
    part: str = ""
    raw: str = ""


def phrases_of(sentence: str) -> tuple[Phrase, ...]:
    """The phrases of a sentence.

    >>> [(p.kind, p.text) for p in phrases_of("Each unit has several serial numbers")]
    [('N', 'unit'), ('V', 'have'), ('N', 'serial number')]
    """
    return tuple(_brackets_kept(_grouped(words_of(sentence))))


def _grouped(words: tuple[Word, ...]) -> Iterator[Phrase]:
    place = 0
    modal, negated, be = "", False, False
    while place < len(words):
        word = words[place]
        if word.tag in {"D", "#", "A", "N"}:
            phrase, place = _thing(words, place)
            if phrase:
                yield phrase
                modal, negated, be = "", False, False
            continue
        if word.tag in {"M", "S"} or word.text in {"never", "not"}:
            modal = word.text if word.tag == "M" else modal
            negated = negated or word.text in {"never", "not"} or word.text.endswith("n't")
            negated = negated or word.text == "cannot"
            be = be or word.tag == "S"
            if word.tag == "S" and not _verb_follows(words, place):
                yield Phrase(kind="V", text="be", negated=negated, modal=modal)
                modal, negated, be = "", False, False
        elif word.tag == "V":
            form = lex.form(word.text)
            yield Phrase(
                kind="V",
                text=word.lemma,
                passive=be and form in {"ed", "both"},
                negated=negated,
                modal=modal,
                raw=word.text,
            )
            modal, negated, be = "", False, False
        elif word.tag in {"P", "T"}:
            yield Phrase(kind="P", text=word.text)
        elif word.tag == "E":
            yield Phrase(kind="E", text=lex.lemma(word.text))
        elif word.tag in {"C", "W", "|", "U", "0", "G"}:
            kind = {"|": "|"}.get(word.tag, word.tag)
            yield Phrase(kind=kind, text=word.text)
        place += 1


def _verb_follows(words: tuple[Word, ...], place: int) -> bool:
    for word in words[place + 1 :]:
        if word.tag in {"R", "M", "S"} or word.text == "not":
            continue
        return word.tag in {"V", "E"}
    return False


def _thing(words: tuple[Word, ...], place: int) -> tuple[Phrase | None, int]:
    """The thing that begins here, and the place after it; None where there is none."""
    number: Number = "bare"
    fixed = negated = False
    rate = part = ""
    own = False
    while place < len(words) and words[place].tag in {"D", "#", "A", "R"}:
        word = words[place]
        if (
            word.tag == "R"
            and word.text not in _RATES
            and not (number != "bare" and place + 1 < len(words))
        ):
            break
        number = _number(word, number)
        fixed = fixed or word.tag in {"D", "#"}
        negated = negated or word.text == "no"
        rate = word.text if word.text in _RATES else rate
        part = word.text if word.text in _PARTS else part
        own = own or word.text == "own"
        place += 1
    nouns: list[str] = []
    while place < len(words) and words[place].tag == "N" and len(nouns) < _LONGEST + 1:
        if nouns[-1:] and nouns[-1] in _OURS and is_someone(singular(words[place].text)):
            break  # "in our app users comment on photos"
        nouns.append(words[place].text)
        place += 1
    if not nouns:
        return None, max(place, 1)
    noun = " ".join(_bare(n) for n in nouns[-_LONGEST:])
    last = nouns[-1]
    several = singular(last) != last and last not in lex.NO_S
    if number == "bare" and (several or last in _UNCOUNTED):
        number = "plural"
    one = singular(noun)
    if rate and one in _MONEY:
        one = f"{rate} {one}"  # "a daily price"
    return Phrase(
        kind="N",
        text=one,
        number=number,
        fixed=fixed,
        negated=negated,
        own=own,
        part=part,
        raw=" ".join(nouns),
    ), place


def _bare(noun: str) -> str:
    return noun.removesuffix("'s").removesuffix("'").replace("-", " ")


def _number(word: Word, so_far: Number) -> Number:
    if word.text in lex.MANY:
        return "many"
    if word.tag == "#":
        return "one" if word.text == "1" else "many"
    if word.text in lex.ONE:
        return so_far if so_far == "many" else "one"
    return so_far


def _brackets_kept(phrases: Iterator[Phrase]) -> Iterator[Phrase]:
    """A bracket belongs to the thing before it."""
    held: Phrase | None = None
    for phrase in phrases:
        if phrase.kind == "0" and held is not None and held.kind in {"N", "E"}:
            held = replace(held, bracket=int(phrase.text.strip("\x00")))
            continue
        if phrase.kind == "E" and held is not None and held.kind == "N":
            held = replace(held, used=held.used or phrase.text in _USED)
        if held is not None:
            yield held
        held = phrase
    if held is not None:
        yield held
