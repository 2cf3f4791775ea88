"""Nouns of a request as names of tables: plural for the table, singular for its column."""

import re

from blueproof.advisors.known.reproduction.building import plural as _regular

_ODD = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "staff": "staff",
    "equipment": "equipment",
    "stock": "stock",
    "inventory": "inventory",
    "series": "series",
    "lens": "lenses",
    "species": "species",
    "shelf": "shelves",
    "leaf": "leaves",
    "half": "halves",
    "calf": "calves",
    "loaf": "loaves",
    "knife": "knives",
    "bonus": "bonuses",
    "status": "statuses",
    "bus": "buses",
    "address": "addresses",
    "class": "classes",
    "address book": "address books",
}
_BACK = {many: one for one, many in _ODD.items()}
_LEADING = re.compile(
    r"^(?:(?:the|a|an|our|my|their|its|his|her|all|each|every|some|many|several|multiple|different|"
    r"various|also|optional|individual|own|basic|simple|and|or|plus|with|for|of|"
    r"one or more|a few|any|these|those|~?\d[\d,.]*k?)\s+)+"
)
# What holds the things is no thing of its own: an appointment calendar is appointments.
_KEPT_IN = re.compile(r"^(?P<what>[a-z]+(?: [a-z]+)?) (?:calendars?|schedules?|diary)$")
_SHORTEST_OF_MEN = 5  # letters: "tradesmen", not "omen" or "semen"
_MOST_WORDS = 3
_NO_NOUN = frozenset("has have had is are was were does do did".split())


def singular(noun: str) -> str:
    """The singular of a noun; the last word decides.

    >>> singular("order items"), singular("classes"), singular("bus"), singular("categories")
    ('order item', 'class', 'bus', 'category')
    """
    head, _, last = noun.rpartition(" ")
    return f"{head} {_one(last)}".strip()


def _one(word: str) -> str:
    if word in _ODD:
        return word
    if word in _BACK:
        return _BACK[word]
    if word.endswith(("people", "men")) and len(word) > _SHORTEST_OF_MEN:
        return re.sub(r"people$", "person", re.sub(r"men$", "man", word))  # "foremen"
    if word.endswith("ies") and word not in {"movies", "cookies", "ties"}:
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|x|ch|sh|zz)es$", word):
        return word[:-2]
    return word if re.search(r"(?:ss|us|is)$", word) else word.removesuffix("s")


def plural(noun: str) -> str:
    """The plural of a singular noun; the last word decides.

    >>> plural("order item"), plural("person"), plural("stock")
    ('order items', 'people', 'stock')
    """
    head, _, last = noun.rpartition(" ")
    return f"{head} {_ODD.get(last) or _many(last)}".strip()


def _many(word: str) -> str:
    for one, many in (("person", "people"), ("man", "men")):
        if word.endswith(one) and word not in {"human", "german", "roman"}:
            return f"{word.removesuffix(one)}{many}"
    return _regular(word)


def noun_of(phrase: str) -> str:
    """The noun of a phrase in the singular, without what stands before it; "" for no noun.

    >>> noun_of("the recurring Appointments"), noun_of("a vet must never be")
    ('recurring appointment', '')
    """
    phrase = re.sub(r"\bcheck[ -]?in", "checkin", phrase, flags=re.IGNORECASE)
    plain = _LEADING.sub("", re.sub(r"[\s_-]+", " ", phrase.lower()).strip(" .;:!?\"'`"))
    plain = _KEPT_IN.sub(r"\g<what>s", plain)
    words = plain.split()
    if _NO_NOUN.intersection(words):
        return ""
    if not words or len(words) > _MOST_WORDS or not all(re.fullmatch(r"[a-z]+", w) for w in words):
        return ""
    return singular(plain)


def table_name(noun: str) -> str:
    """The table of a noun: "order item" is kept in order_items."""
    return plural(noun).replace(" ", "_")


def column_name(noun: str) -> str:
    """The column that refers to a noun's row."""
    return f"{noun.replace(' ', '_')}_id"
