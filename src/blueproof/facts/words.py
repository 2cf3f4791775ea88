"""Words as a search sees them: in small letters, without endings, without those that say nothing.

Words that people use for one another, as in `spoken/alike.yaml`, are one stem.

>>> stems("How are the connections of 30 Lambdas pooled?")
('connection', '30', 'lambda', 'pool')
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from blueproof.facts.load import LOADER

_WORD = re.compile(r"[a-z0-9]+(?:[._+#/-]?[a-z0-9]+)*[+#]*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")
_PARTS = re.compile(r"[._/-]")
_SILENT = frozenset(
    "a about after all also am an and any are as at be because been before being but by can could "
    "did do does doing done else etc even few for from get gets getting give go goes going got "
    "had has have having he hello help her here hi how however i if im in into is it its just "
    "know like lot may me might most must my no not now of ok on one or our per please "
    "really say see seems should since so some something still such sure take than thank thanks "
    "that the their them then there these they thing think this those through thus to too until "
    "us use used uses using very via want wants was way we well were what when where which while "
    "who why will with wonder would yes yet you your".split()
)
# Endings in the order in which they are tried, with what takes their place.
_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ing", ""),
    ("edly", ""), ("ied", "y"), ("ed", ""), ("ly", ""), ("s", ""),
)  # fmt: skip
_LEAST = 3  # letters that must remain
_KEPT = ("ss", "us", "is", "ids", "aws", "redis", "postgres", "kubernetes")


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in order; what is written with signs is there whole and in parts."""
    return tuple(
        stem
        for word in _WORD.findall(text.lower())
        for part in _split(word)
        if part not in _SILENT
        for stem in (_stem(part),)
    )


def stems_by_sentence(text: str) -> tuple[tuple[str, ...], ...]:
    """The stems of each sentence."""
    found = (stems(sentence) for sentence in _SENTENCE.split(text))
    return tuple(each for each in found if each)


def _split(word: str) -> tuple[str, ...]:
    parts = tuple(p for p in _PARTS.split(word) if p)
    return parts if len(parts) > 1 else (word,)


@cache
def _alike() -> Mapping[str, str]:
    """For each word of the table the one that stands for it."""
    text = (resources.files("blueproof.facts") / "spoken" / "alike.yaml").read_text("utf-8")
    return {word: line[0] for line in LOADER(text).get_single_data() for word in line}


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return _bare(_alike().get(word, word))


def _bare(word: str) -> str:
    """The word without its ending."""
    if word.endswith(_KEPT) or not word.isalpha():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            bare = word[: -len(ending)] + instead
            return _halved(bare) if ending in {"ing", "ed"} else bare
    return word.removesuffix("e") if len(word) > _LEAST + 1 else word


def _halved(word: str) -> str:
    """The word without a doubled last letter, as in "running", and without a last e."""
    if len(word) > _LEAST and word[-1] == word[-2] and word[-1] not in "aeiousl":
        return word[:-1]
    return word.removesuffix("e")
