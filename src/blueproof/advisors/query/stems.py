"""Words of a wish and parts of names in one form, so that "logged in" finds the table logins."""

import re
from functools import lru_cache

_ODD = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "bought": "buy",
    "spent": "spend", "paid": "pay", "sold": "sell", "sent": "send", "made": "make", "lost": "lose",
    "won": "win", "wrote": "write", "written": "write", "taken": "take", "took": "take",
    "began": "begin", "came": "come", "gave": "give", "left": "leave", "ran": "run",
    "movies": "movie", "cookies": "cookie", "series": "series", "news": "news",
    "addresses": "address", "statuses": "status", "buses": "bus", "diagnoses": "diagnosis",
    "analyses": "analysis", "cancelled": "cancel", "canceled": "cancel", "cancellation": "cancel",
    "cancelling": "cancel", "employees": "employee", "fees": "fee",
    "delivery": "deliver", "deliveries": "deliver", "payment": "pay", "registration": "register",
    "subscription": "subscribe", "donation": "donate", "completion": "complete",
    "visitor": "visitor",
}  # fmt: skip
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SHORTEST = 3


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """The singular of one word in small letters.

    >>> singular("Categories"), singular("boxes"), singular("status"), singular("orders")
    ('category', 'box', 'status', 'order')
    """
    word = word.lower()
    if word in {"people", "children", "men", "women", "movies", "cookies", "addresses",
                "statuses", "buses", "diagnoses", "analyses", "series", "news"}:  # fmt: skip
        return _ODD[word]
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|x|ch|sh|zz)es$", word):
        return word[:-2]
    if re.search(r"(?:ss|us|is)$", word) or len(word) <= _SHORTEST:
        return word
    return word.removesuffix("s")


def _bare(word: str) -> str:
    """A word without what makes a verb's form or a noun of it."""
    for end in ("ing", "ed"):
        stem = word.removesuffix(end)
        if stem != word and len(stem) >= _SHORTEST and re.search(r"[aeiouy]", stem):
            doubled = len(stem) > _SHORTEST and stem[-1] == stem[-2]
            return stem[:-1] if doubled and stem[-1] not in "aeiouls" else stem
    bare = word.removesuffix("ment")
    return bare if len(bare) > _SHORTEST else word


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """What is common to a noun and its verb, as far as letters tell.

    >>> root("ordered") == root("orders"), root("logged") == root("log")
    (True, True)
    >>> root("employees") == root("employee"), root("subscription") == root("subscribed")
    (True, True)
    """
    word = word.lower()
    odd = _ODD.get(word) or _ODD.get(singular(word))
    word = odd or _bare(singular(word))
    if word.endswith("y") and len(word) > _SHORTEST + 1 and word[-2] not in "aeiou":
        word = f"{word[:-1]}i"
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def parts(name: str) -> tuple[str, ...]:
    """The words of a name: "orderItems" and order_items are order, items."""
    plain = name.rpartition(".")[2]
    return tuple(p.lower() for piece in plain.split("_") for p in _PARTS.findall(piece))


def roots(name: str) -> tuple[str, ...]:
    """The roots of a name's words."""
    return tuple(root(p) for p in parts(name))
