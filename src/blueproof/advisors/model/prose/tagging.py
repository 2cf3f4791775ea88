"""Which word of a sentence is a thing and which a verb: "units", "returns", "books", "changes"."""

import re
from dataclasses import dataclass

from blueproof.advisors.model import kinds
from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose import lexicon as lex

# N thing, V verb, D determiner, A adjective, P preposition, M modal, S form of "be", R adverb,
# C and/or, W who/which/if, U pronoun, # number, T "to", X "not", | comma.
_WORD = re.compile(r"\d[\d,.]*k?%?|[A-Za-z][A-Za-z0-9'\u2019-]*|[,/&|]|\x00\d+\x00")
_ALWAYS = frozenset("has have had contain belong belongs takeout signup payout".split())
_ENDS_IN_LY = frozenset("family supply reply assembly fly ally anomaly".split())
_CLOSED = (
    (lex.CONJUNCTIONS, "C"),
    (lex.RELATIVES, "W"),
    (lex.MODALS, "M"),
    (lex.BE, "S"),
    (lex.ONE | lex.THE | lex.MANY, "D"),
    (lex.PREPOSITIONS, "P"),
    (lex.PRONOUNS, "U"),
    (lex.ADVERBS, "R"),
    (lex.ADJECTIVES, "A"),
)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word in lower case, its tag, and a verb's base form."""

    text: str
    tag: str
    lemma: str = ""


def words_of(sentence: str) -> tuple[Word, ...]:
    """The words of a sentence with their tags.

    >>> [w.text for w in words_of("Customers book rooms; the price changes") if w.tag == "V"]
    ['book', 'changes']
    """
    texts = [w.lower().replace("\u2019", "'") for w in _WORD.findall(sentence)]
    tags = [_closed(text) for text in texts]
    found: list[Word] = []
    verbs = 0
    for place, text in enumerate(texts):
        if tags[place] == "A" and found and found[-1].tag in {"U", "M", "T"} and lex.lemma(text):
            tags[place] = "V"  # "we open the claims of an adjuster"
        tag = tags[place] or _open(place, texts, tags, found, verbs)
        tags[place] = tag
        if tag == "|" or tag in {"W", "C"}:
            verbs = 0
        verbs += tag in {"V", "S"}
        found.append(Word(text=text, tag=tag, lemma=lex.lemma(text) if tag == "V" else ""))
    return tuple(found)


def _closed(text: str) -> str:
    """The tag of a word of a closed class; "" for one that may be a thing or a verb."""
    if text[0] == "\x00":
        return "0"
    if text in {",", "/", "|"}:
        return "|" if text != "/" else "C"
    if text[0].isdigit():
        return "#"
    if text == "to":
        return "T"
    tag = next((tag for some, tag in _CLOSED if text in some), "")
    if not tag and text.endswith("ly") and text not in _ENDS_IN_LY:
        return "R"
    return tag


def _open(place: int, texts: list[str], tags: list[str], before: list[Word], verbs: int) -> str:
    """Whether a word is a thing, a verb or says of what kind a thing is."""
    text = texts[place]
    base, form = lex.lemma(text), lex.form(text)
    if not base:
        return "N"
    last = _last(before)
    after = _next(place, texts, tags)
    if text in _ALWAYS or (text == "checkin" and last == "N"):
        return "V"
    if text == "own" and last in {"U", "N", "M", "T"}:
        return "V"
    if text == "both" and last == "P":
        return "U"
    if text in {"own", "both", "all"}:
        return "R" if last in {"M", "V", "U"} and text != "own" else "D"
    if form == "ing":
        return _of_ing(text, last, after)
    if form == "ed":
        return _of_participle(last, after)
    pure = base in lex.VERBS - lex.BOTH
    if last == "D" and pure and form == "s" and before[-1].text in {"each", "every"}:
        return "V"  # "trucks and trailers, each belongs to a depot"
    if last in {"D", "A", "#", "P"}:
        return "N"
    if last == "T" and form == "s":
        return "N"  # "attached to claims"
    if last in {"M", "T", "X", "U"}:
        return "V"
    if last == "S":
        return "V" if form == "both" and after in {"P", "R", "|", "", "T"} else "N"
    if last == "N":
        return _after_thing(
            text, form, before, after, verbs, later=_speaks_later(place, texts, tags)
        )
    if last in {"V"}:
        return "N"
    if last == "R" and any(w.tag not in {"R", "|", "C"} for w in before[-2:]):
        return (
            "V" if verbs == 0 and after in {"D", "#", "N", "P", "U", "A", "T", "?", "?s"} else "N"
        )
    return _at_start(text, form, before, after)


def _speaks_later(place: int, texts: list[str], tags: list[str]) -> bool:
    """Whether the clause has its verb further on: "purchase orders to suppliers have lines"."""
    for text, tag in zip(texts[place + 1 :], tags[place + 1 :], strict=True):
        if tag in {"|", "W", "C", "U"}:
            return False
        if tag in {"M", "S"} or text in {"has", "have", "contain", "belong", "belongs"}:
            return True
    return False


def _last(before: list[Word]) -> str:
    """The tag of what stands before, over adverbs that say nothing of it."""
    for word in reversed(before):
        if word.tag == "R" and word.text in {"never", "always", "not", "also", "only", "usually"}:
            continue
        return word.tag
    return ""


def _next(place: int, texts: list[str], tags: list[str]) -> str:
    """The tag of the word after; "?" where it may be a thing or a verb, "?s" in its form on -s."""
    if place + 1 >= len(texts):
        return ""
    tag = tags[place + 1]
    if tag:
        return tag
    after = texts[place + 1]
    if not lex.lemma(after):
        return "N"
    return {"base": "?", "s": "?s"}.get(lex.form(after), "E")


def _of_ing(text: str, last: str, after: str) -> str:
    if last in {"S", "W"}:
        return "V"
    if text in lex.NAMING and (
        after in {"N", "?", "?s"} or last in {"D", "A", "N", "P", "T", "V", ""}
    ):
        return "N"
    if after in {"N", "?", "?s"} and last in {"D", "#", "P", "T", "V", "C", "|"}:
        return "A"  # "paying listeners"
    return "G"


def _of_participle(last: str, after: str) -> str:
    if last in {"D", "#", "A"} and after in {"N", "?", "?s", "A"}:
        return "A"  # "a limited number"
    if last in {"S", "M", "U", "T"}:
        return "V"
    if last == "N":
        return "V" if after in {"D", "#", "U"} else "E"  # "the jobs done": said of the jobs
    return "A" if after in {"N", "?", "?s"} and last != "C" else "E" if last not in {"C"} else "V"


def _after_thing(
    text: str, form: str, before: list[Word], after: str, verbs: int, *, later: bool
) -> str:
    """A word after a thing: its verb, or more of its name ("price list", "price changes")."""
    thing = next(w.text for w in reversed(before) if w.tag == "N")
    several = singular(thing) != thing or thing in {"people", "staff", "children"}
    agrees = several if form in {"base", "both"} else not several and form == "s"
    if lex.lemma(text) in lex.VERBS - lex.BOTH and agrees:
        return "V"
    if not agrees or verbs or later or _is_object(before):
        return "N"
    if after in {"D", "#", "U", "P", "R", "T", "A", "|", "", "W", "C"}:
        return "V"
    someone = kinds.is_a(singular(thing), kinds.PEOPLE | kinds.STAFF)
    if after in {"N", "?", "?s", "G", "E"} and (form != "s" or after in {"N", "?s"} or someone):
        return "V"
    return "N"


def _is_object(before: list[Word]) -> bool:
    """Whether the thing that stands last is what a preposition or a verb is about."""
    for word in reversed(before):
        if word.tag in {"N", "A", "#", "D", "R"}:
            continue
        return word.tag in {"P", "G", "V", "T", "E"}
    return False


def _at_start(text: str, form: str, before: list[Word], after: str) -> str:
    """A word that begins a clause, or stands after "and"."""
    if before and before[-1].tag == "C":
        earlier = before[-2].tag if len(before) > 1 else ""
        if lex.lemma(text) in lex.VERBS - lex.BOTH and spoke_before(before):
            return "V"
        spoke = any(w.tag == "V" for w in before)
        if earlier in {"V", "E"} or (
            spoke and after in {"D", "#", "U"} and form in {"base", "s", "both"}
        ):
            return "V"
        return "N"
    if before and before[-1].tag == "W":
        who = before[-1].text in {"who", "which", "that"}
        pure = lex.lemma(text) in lex.VERBS - lex.BOTH and form == "s"
        return "V" if who or pure else "N"
    if form == "base" and after in {"D", "U", "#"}:
        return "V"  # "Book the room", "give me"
    pure = lex.lemma(text) in lex.VERBS - lex.BOTH
    if pure and form == "s" and spoke_before(before):
        return "V"  # "a claim is made against a policy, has a status"
    return "V" if pure and after not in {"M", "S", "|", ""} and form == "base" else "N"


def spoke_before(before: list[Word]) -> bool:
    """Whether a verb stands before: what follows "and" may be another."""
    return any(w.tag in {"V", "S", "E", "U"} for w in before)
