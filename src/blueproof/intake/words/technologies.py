"""The technologies that a text names: by name or alias, through spelling and misspelling."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from blueproof.facts.kept import keep, made_of, read_kept
from blueproof.intake.words.text import Text, Word

_KEPT = "names"
_MOST_WORDS = 5
_MARKS = frozenset("?!")
_SPACES = re.compile(r"^[\s\-./_]{0,2}$")
_PIECE = 2  # letters of a name that may as well be a piece of a longer one
_LEAST_FUZZY = 6  # letters; shorter names are too close to too many words
_FAR = 9  # letters from which two slips are forgiven
_PLAIN = re.compile(r"[^a-z0-9+#]")


@dataclass(frozen=True, kw_only=True)
class Technology:
    """One technology of the data: its id, name and kind, and how its name is to be read."""

    id: str
    name: str
    kind: str
    part_of: str = ""
    word: bool = False
    when: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A technology named at one place of the text; `spelled` is false where it was guessed."""

    technology: Technology
    start: int
    end: int
    sentence: int
    spelled: bool = True


class _Technologies(Mapping[str, Technology]):
    """All technologies by id, each read when it is first asked for.

    The data are lines of JSON, which loads ten times faster than YAML; # begins a comment.
    """

    def __init__(self, text: str) -> None:
        self._lines = {
            line.split('"', 4)[3]: line  # {"id": "NAME", ...
            for line in text.splitlines()
            if line and not line.startswith("#")
        }
        self._read: dict[str, Technology] = {}

    def __getitem__(self, name: str) -> Technology:
        if name not in self._read:
            self._read[name] = _technology(self.raw(name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def raw(self, name: str) -> dict[str, Any]:
        """What the data say of it."""
        found: dict[str, Any] = json.loads(self._lines[name])
        return found


def _technology(raw: Mapping[str, Any]) -> Technology:
    return Technology(
        id=raw["id"],
        name=raw["name"],
        kind=raw["kind"],
        part_of=raw.get("part_of", ""),
        word=raw.get("word", False),
        when=tuple(raw.get("when", ())),
        near=tuple(raw.get("near", ())),
    )


@dataclass(frozen=True, kw_only=True)
class _Index:
    """Technologies by id, ids by name without spaces and signs, the names that may be misspelt."""

    by_id: Mapping[str, Technology]
    ids: Mapping[str, str]
    fuzzy: tuple[str, ...]
    words: frozenset[str]

    def named(self, *plain: str) -> Technology | None:
        """The technology of the first of these names that is one."""
        return next((self.by_id[self.ids[each]] for each in plain if each in self.ids), None)


@cache
def index() -> _Index:
    """All technologies; their names are kept between runs, plain as they are looked up."""
    folder = resources.files("blueproof.intake.words")
    data = (folder / "technologies.jsonl").read_bytes()
    by_id = _Technologies(data.decode())
    digest = made_of((folder / "technologies.py").read_bytes(), data)
    held = read_kept(_KEPT, digest)
    if held is None:
        held = json.dumps(_names(by_id)).encode()
        keep(_KEPT, digest, held)
    ids, fuzzy = json.loads(held)
    return _Index(
        by_id=by_id,
        ids=ids,
        fuzzy=tuple(fuzzy),
        words=frozenset((folder / "near_names.txt").read_text(encoding="utf-8").split()),
    )


def _names(by_id: _Technologies) -> tuple[dict[str, str], tuple[str, ...]]:
    """The id of each plain name, the first where two have it; the names that may be misspelt."""
    ids: dict[str, str] = {}
    fuzzy: dict[str, None] = {}
    for name in by_id:
        raw = by_id.raw(name)
        for alias in (raw["name"], name, *raw.get("aliases", ())):
            plain = _plain(str(alias))
            if plain:
                ids.setdefault(plain, name)
            if len(plain) >= _LEAST_FUZZY and not raw.get("word", False) and plain.isalpha():
                fuzzy[plain] = None
    return ids, tuple(fuzzy)


def technology(name: str) -> Technology | None:
    """The technology with this id or name, if it is known."""
    found = index()
    return found.by_id.get(name) or found.named(_plain(name))


_LEAST_PLURAL = 4  # letters of the last of several words that may be a plural


def read_technologies(text: Text) -> tuple[Mention, ...]:
    """Every mention in text order; the longest name wins where names overlap."""
    found: list[Mention] = []
    words, place = text.words, 0
    while place < len(words):
        mention, used = _named(text, words, place)
        if mention is None:
            mention, used = _guessed(text, words[place]), 1
        if mention is not None:
            found.append(mention)
        place += used
    return tuple(found)


def _named(text: Text, words: tuple[Word, ...], place: int) -> tuple[Mention | None, int]:
    """The longest name that begins at this word, and how many words it took."""
    names = index()
    for count in range(min(_MOST_WORDS, len(words) - place), 0, -1):
        run = words[place : place + count]
        ends = run[-1].lower in _MARKS or run[-1].sentence != run[0].sentence
        if ends or not _together(text, run):
            continue
        plain = _plain("".join(w.lower for w in run))
        # "pay us" is no plural of "payu".
        many = count == 1 or len(run[-1].lower) >= _LEAST_PLURAL
        technology = names.named(plain, *((_singular(plain),) if many else ()))
        if technology and _meant(technology, text, run):
            mention = Mention(
                technology=technology, start=run[0].start, end=run[-1].end, sentence=run[0].sentence
            )
            return mention, count
    return None, 1


def _together(text: Text, run: tuple[Word, ...]) -> bool:
    gaps = (text.raw[a.end : b.start] for a, b in pairwise(run))
    return all(_SPACES.match(gap) and "\n" not in gap for gap in gaps)


def _meant(technology: Technology, text: Text, run: tuple[Word, ...]) -> bool:
    """Whether an ordinary word stands for the product: by its spelling, or by its company."""
    if _within_a_name(text, run):
        return False
    if not technology.word:
        return True
    written = text.raw[run[0].start : run[-1].end]
    if any(written == w or _around(text, run, w) for w in technology.when):
        return True
    sentence = text.sentences[run[0].sentence].text.lower()
    capital = written[:1].isupper() and not _begins(text, run[0])
    near = any(re.search(rf"\b{re.escape(n)}", sentence.replace(written.lower(), " ", 1))
               for n in technology.near)  # fmt: skip
    return near or (capital and technology.kind != "language" and not technology.near)


def _within_a_name(text: Text, run: tuple[Word, ...]) -> bool:
    """Whether it is a piece of a name: the js of "tus-js-client", the end of "a_data_proc"."""
    before = text.raw[max(0, run[0].start - 1) : run[0].start]
    after = text.raw[run[-1].end : run[-1].end + 1]
    short = len(run) == 1 and len(run[0].text) <= _PIECE
    return before == "_" or (short and (before in {"-", "."} or after == "-"))


def _around(text: Text, run: tuple[Word, ...], spelling: str) -> bool:
    """Whether the spelling, which may be longer than the name, stands at this place."""
    begin = text.raw.find(spelling, max(0, run[0].start - len(spelling)))
    return 0 <= begin <= run[0].start and begin + len(spelling) >= run[-1].end


def _begins(text: Text, word: Word) -> bool:
    """Whether the word is the first of its sentence, where any word has a capital."""
    return not text.raw[text.sentences[word.sentence].start : word.start].strip("*_-#>\"'( \t")


def _guessed(text: Text, word: Word) -> Mention | None:
    """The technology that the word misspells, if one is close and no other word is meant."""
    lower = _plain(word.lower)
    known = index()
    if len(lower) < _LEAST_FUZZY or not lower.isalpha() or text.is_code(word.start):
        return None
    if lower in known.words or _singular(lower) in known.words:
        return None
    best = _closest(lower, known.fuzzy)
    if best is None:
        return None
    return Mention(
        technology=known.by_id[known.ids[best]],
        start=word.start,
        end=word.end,
        sentence=word.sentence,
        spelled=False,
    )


@cache
def _closest(lower: str, names: tuple[str, ...]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 2 if len(lower) >= _FAR else 1
    near = tuple(n for n in names if abs(len(n) - len(lower)) <= slips and n[0] == lower[0])
    found = process.extractOne(lower, near, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found else None


def mentions_by_sentence(found: tuple[Mention, ...]) -> Iterator[tuple[int, list[Mention]]]:
    """The mentions, grouped by the sentence they stand in."""
    numbers = sorted({m.sentence for m in found})
    for number in numbers:
        yield number, [m for m in found if m.sentence == number]


def _plain(name: str) -> str:
    return _PLAIN.sub("", name.lower().replace("\u2019", "'").removesuffix("'s"))


def _singular(plain: str) -> str:
    return plain[:-1] if plain.endswith("s") and len(plain) > 3 else plain  # noqa: PLR2004 (s alone)
