"""How well requests are understood: the labelled public requests of tests/requests, scored.

python bench/understanding.py            the tuned files
python bench/understanding.py --held-out files that nothing was tuned or fitted on
python bench/understanding.py --files 'opened-*.yaml'   any others
python bench/understanding.py --misses FIELD   what was missed or invented, with the text
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from blueproof.core.brief import Brief
from blueproof.intake.words.read import read_request
from blueproof.intake.words.technologies import technology

FOLDER = Path(__file__).parent.parent / "tests" / "requests"
# Features that are read and that the closed list of the labels does not have.
BEYOND = frozenset(
    "voice-messages calls e2e-encryption moderation leaderboard matchmaking collaborative-editing "
    "ride-hailing delivery-tracking social-graph comments invitations qr-codes pdf-generation ocr "
    "sms single-sign-on two-factor account-deletion gdpr-export".split()
)
FIELDS = ("technologies", "roles", "problem", "among", "features", "kind", "numbers", "premises")


@dataclass
class Score:
    """Counts of one field: right, missed, invented, and where."""

    right: int = 0
    missed: int = 0
    invented: int = 0
    where: list[str] = field(default_factory=list)

    def add(self, wanted: Iterable[Any], found: Iterable[Any], where: str) -> None:
        """Count one request's labels against what was found."""
        wanted, rest = list(wanted), list(found)
        lost = []
        for item in wanted:
            if item in rest:
                rest.remove(item)
                self.right += 1
            else:
                lost.append(item)
        self.missed += len(lost)
        self.invented += len(rest)
        if lost or rest:
            self.where.append(f"{where}: missed {lost} invented {rest}")

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right."""
        return self.right / max(1, self.right + self.invented)

    @property
    def recall(self) -> float:
        """Of what is there, the share that was found."""
        return self.right / max(1, self.right + self.missed)


def labelled(pattern: str) -> list[dict[str, Any]]:
    """The labelled requests of the files that fit the pattern."""
    files = sorted(FOLDER.glob(pattern))
    return [item for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))]


def score(requests: list[dict[str, Any]]) -> dict[str, Score]:
    """The scores of all fields over these requests."""
    scores = {name: Score() for name in FIELDS}
    for item in requests:
        brief = read_request(item["text"].strip())
        where = item["id"]
        wanted = {_id(name): role for name, role in (item["technologies"] or {}).items()}
        found = {str(f.value): f.role for f in brief.facts if f.key == "technology"}
        scores["technologies"].add(wanted, found, where)
        both = [n for n in wanted if n in found]
        scores["roles"].add([(n, wanted[n]) for n in both], [(n, found[n]) for n in both], where)
        scores["problem"].add(item["problems"][:1], _values(brief, "problem")[:1], where)
        first = _values(brief, "problem")[:1]
        among = [name for name in first if name in item["problems"]] or item["problems"][:1]
        scores["among"].add(among, first, where)
        wanted = [name for name in item["features"] or () if name not in BEYOND]
        scores["features"].add(wanted, _features(brief), where)
        scores["kind"].add([item["kind"]], _values(brief, "kind"), where)
        scores["numbers"].add(
            [(float(n["value"]), n["role"]) for n in item["numbers"] or ()], _numbers(brief), where
        )
        _premises(scores["premises"], item, brief)
    return scores


def _id(name: str) -> str:
    known = technology(name)
    return known.id if known else name


def _values(brief: Brief, key: str) -> list[str]:
    return [str(f.value) for f in brief.facts if f.key == key]


def _features(brief: Brief) -> list[str]:
    """The features found, of those that the labels know; more are read than were labelled."""
    found = [str(f.value) for f in brief.facts if f.key == "feature" and f.role != "negated"]
    return [name for name in found if name not in BEYOND]


def _numbers(brief: Brief) -> list[tuple[float, str]]:
    return [
        (f.value, f.role)
        for f in brief.facts
        if f.key != "rate" and not isinstance(f.value, str) and f.span
    ]


def _premises(total: Score, item: dict[str, Any], brief: Brief) -> None:
    """A premise is found where at least half of its words lie in what was found."""
    found = _values(brief, "premise")
    wanted = item["premises"] or []
    hit = {w for w in wanted if any(overlap(w, f) for f in found)}
    spare = [f for f in found if not any(overlap(w, f) for w in wanted)]
    total.right += len(hit)
    total.missed += len(wanted) - len(hit)
    total.invented += len(spare)
    if spare or len(hit) < len(wanted):
        lost = [w for w in wanted if w not in hit]
        total.where.append(f"{item['id']}: missed {lost} invented {spare}")


def overlap(wanted: str, found: str) -> bool:
    """Whether one holds at least half of the other's words in a row."""
    a, b = wanted.lower().split(), found.lower().split()
    shared = sum(word in b for word in a)
    return shared >= len(a) / 2 and (wanted in found or found in wanted or shared >= len(b) / 2)


def lines(scores: dict[str, Score], count: int) -> Iterator[str]:
    """The scores as a table."""
    yield f"{count} requests   precision recall"
    for name, total in scores.items():
        yield f"{name:14} {total.precision:9.3f} {total.recall:6.3f}   ({total.right} right)"


def main() -> None:
    """Print the scores, and on request the misses of one field."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--held-out", action="store_true")
    options.add_argument("--misses", choices=FIELDS)
    options.add_argument("--files", default="")
    given = options.parse_args()
    requests = labelled(given.files or ("held-out-*.yaml" if given.held_out else "tuned-*.yaml"))
    scores = score(requests)
    sys.stdout.write("\n".join(lines(scores, len(requests))) + "\n")
    if given.misses:
        sys.stdout.write("\n".join(scores[given.misses].where) + "\n")


if __name__ == "__main__":
    main()
