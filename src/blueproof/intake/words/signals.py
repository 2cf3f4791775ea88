"""What speaks for one kind of question or problem over another: signals of a text, by name.

They are weighed in `weighing.py`. A name's first part says what it is: `says:` a problem's
phrases, `asks:` and `asks-first:` a question's form, `states:` a statement's, `word:` a word's
stem, `root:` its first letters, `asked:` a word in a question, `asked-last:` in the last one,
`pair:` two words of it, `opens:` how it begins, `names:` a kind of technology, `feature:` what the
system has, `figures:` numbers of a role, `has:` code or an error, `tells:` of pain or what was
tried, `shorter:` than so many words.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from blueproof.intake.words.kinds import forms
from blueproof.intake.words.lexicon import Hit, lexicon
from blueproof.intake.words.number_cues import Role
from blueproof.intake.words.numbers import Number
from blueproof.intake.words.sayings import read_sayings
from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text
from blueproof.intake.words.topics import Topic

_STRONG, _WEAK = 3.0, 1.0
_TITLE, _ASKED = 1.5, 2.0  # a phrase in the first sentence, and in the question, says more
_FADING = 0.7  # each further phrase of a problem adds this much of the one before
_SCALE = 5.0
_MOST = 2  # numbers of a role that count
_LETTERS = re.compile(r"[a-z']+")
_ENDINGS = ("ing", "ies", "es", "ed", "s")
_LEAST_STEM = 3
_SHORT = (12, 25, 50)  # words
_ROOTS = (4, 5)  # letters
_ERROR = re.compile(r"\berror|exception|fail", re.IGNORECASE)
_EMPTY = frozenset(
    "the a an and or of to in on for with is are be it this that i we my our you at as by from "
    "have has do does not can but if so there any will would what how when which was were".split()
)


def read_signals(
    text: Text,
    mentions: tuple[Mention, ...],
    numbers: tuple[Number, ...],
    features: tuple[Topic, ...],
) -> dict[str, float]:
    """The signals of a text with their strengths, most of them 0 to 1."""
    prose = [s for s in text.sentences if not text.is_code(s.start)]
    questions = [s for s in prose if s.asks]
    found: dict[str, float] = dict(_problems(text, questions))
    found |= dict.fromkeys(_forms(prose, questions), 1.0)
    found |= dict.fromkeys(_of_words(text.raw), 0.5)
    found |= dict.fromkeys(_asked(questions or prose[-2:]), 0.5)
    found |= {f"names:{m.technology.kind}": 0.5 for m in mentions}
    found |= {f"feature:{f.id}": 0.5 for f in features}
    found |= dict.fromkeys(_has(text.raw), 0.5)
    found |= {f"tells:{said.kind}": 0.5 for said in read_sayings(text)}
    found |= {f"shorter:{most}": 0.5 for most in _SHORT if len(text.words) < most}
    for role in get_args(Role):
        count = sum(n.role == role for n in numbers)
        if count:
            found[f"figures:{role}"] = min(_MOST, count) / 2
    return found


def _of_words(raw: str) -> Iterator[str]:
    words = [w for w in _LETTERS.findall(raw.lower()) if w not in _EMPTY]
    yield from (f"word:{stem(word)}" for word in words)
    yield from (f"root:{w[:n]}" for w in words for n in _ROOTS if w[:n].isalpha() and len(w) >= n)


def _has(raw: str) -> Iterator[str]:
    if "`" in raw:
        yield "has:code"
    if _ERROR.search(raw):
        yield "has:error"


def _problems(text: Text, questions: list[Sentence]) -> Iterator[tuple[str, float]]:
    """How strongly the phrases of each problem speak, the strongest first, then fading."""
    hits: dict[str, dict[str, float]] = defaultdict(dict)
    for hit in lexicon("problems.txt").hits(text):
        kept = hits[hit.id]
        kept[hit.phrase] = max(kept.get(hit.phrase, 0.0), _weight(text, hit, questions))
    for thing, weights in hits.items():
        ranked = sorted(weights.values(), reverse=True)
        yield f"says:{thing}", sum(w * _FADING**n for n, w in enumerate(ranked)) / _SCALE


def _weight(text: Text, hit: Hit, questions: list[Sentence]) -> float:
    weight = _STRONG if hit.strength == "words" else _WEAK
    if hit.start < text.sentences[0].end:
        weight *= _TITLE
    asked = questions and questions[0].start <= hit.start < questions[0].end
    return weight * (_ASKED if asked else 1.0)


def _forms(prose: list[Sentence], questions: list[Sentence]) -> Iterator[str]:
    """The forms of the sentences: of questions, of the first and last of them, of statements."""
    for sentence in prose:
        kinds = forms(sentence)
        if not sentence.asks:
            yield from (f"states:{kind}" for kind in kinds[:1])
            continue
        yield from (f"asks:{kind}" for kind in kinds[:1])
        yield from (f"may-ask:{kind}" for kind in kinds)
        if sentence is questions[0]:
            yield from (f"asks-first:{kind}" for kind in kinds[:1])
        if sentence is questions[-1]:
            yield from (f"asks-last:{kind}" for kind in kinds[:1])
    if not questions:
        yield "asks:nothing"


def _asked(sentences: list[Sentence]) -> Iterator[str]:
    for sentence in sentences:
        words = _LETTERS.findall(sentence.text.lower())
        yield from (f"asked:{word}" for word in words)
        yield from (f"pair:{a} {b}" for a, b in pairwise(words))
        if words:
            yield f"opens:{words[0]}"
            yield f"opens:{' '.join(words[:2])}"
        if 0 < len(words) <= _LEAST_STEM:
            yield "asks:in-short"
    last = sentences[-1].text if sentences and sentences[-1].asks else ""
    yield from (f"asked-last:{word}" for word in _LETTERS.findall(last.lower()))


def stem(word: str) -> str:
    """The word without its ending.

    >>> stem("queries"), stem("charged"), stem("is")
    ('quer', 'charg', 'is')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word
