"""Our evaluator of Firebase Security Rules beside Google's Firestore emulator, case by case.

    python bench/rules_emulator.py [--port 9187] [--archive JAR] [TABLE.yaml ...]

Without tables: all of tests/engines/firebase_rules. Each request is put to both; a batch grants the
other documents' writes, so that the answer is about the one in question. request.time cannot be set
there: where the rules read it, all moments of the case are shifted to the emulator's clock for
both, and counted as such. Printed: counts for each kind of request, every disagreement, every
answer of the emulator's that is not decided here. Exit code 1 if anything differs.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from firestore_emulator import ARCHIVE, Emulator, NotSentError, wall_clock

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules import Request, decide, read_rules
from blueproof.engines.firebase_rules.runs import Data
from blueproof.engines.firebase_rules.table import Case, Table, load_table
from blueproof.engines.firebase_rules.values import Timestamp

HERE = Path(__file__).parent.parent / "tests/engines/firebase_rules"
TABLES = [*sorted((HERE / "documented").glob("*.yaml")), *sorted(HERE.glob("list_queries*.yaml")),
          *sorted((HERE / "tables").glob("*.yaml"))]  # fmt: skip
REFUSED = sorted(HERE.glob("refused*.yaml"))
STORAGE, CLOCK = "firebase.storage", "request.time"
WORDS = {True: "allow", False: "deny", None: "not decided"}


@dataclass(frozen=True, slots=True)
class Pair:
    """What both said of one case: allowed, denied or, of ours, not decided."""

    kind: str
    case: str
    ours: bool | None
    theirs: bool
    why: str
    expected: bool | None = None

    @property
    def verdict(self) -> str:
        """agree, differ, or not decided."""
        return (
            "not decided"
            if self.ours is None
            else "agree"
            if self.ours is self.theirs
            else "differ"
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that was not compared, and why."""

    kind: str
    case: str
    why: str


def compared(emulator: Emulator, file: Path) -> Iterator[Pair | Skipped]:
    """Every case of a table."""
    try:
        table = load_table(file)
    except InputError as error:
        yield Skipped("table", file.name, str(error))
        return
    text = table.rules.text if table.rules else ""
    why = "no Firestore rules" if table.service == STORAGE else _refusal(emulator, text)
    for case in table.cases:
        kind = _kind(case.request, clocked=CLOCK in text)
        name = f"{file.name}: {case.name}"
        try:
            yield Skipped(kind, name, why) if why else _pair(emulator, table, case, kind, name)
        except (NotSentError, InputError) as error:
            yield Skipped(kind, name, str(error))


def _refusal(emulator: Emulator, text: str) -> str:
    said = emulator.put_rules(text)
    return f"the emulator refuses the rules: {said}" if said else ""


def _kind(request: Request, *, clocked: bool) -> str:
    kind = "batch" if request.after else request.method
    if request.method == "list" and request.query.collection_group:
        kind = "list of a group"
    return f"{kind}, clock shifted" if clocked else kind


def _pair(emulator: Emulator, table: Table, case: Case, kind: str, name: str) -> Pair:
    """One case, put to both. Raises NotSentError, InputError where one does not take it."""
    assert table.rules
    text = table.rules.text
    request, documents = case.request, dict(table.documents)
    if CLOCK in text:
        request, documents = shifted(request, documents)
    emulator.put_documents(documents)
    emulator.put_rules(granting(text, [*request.after]) if request.after else text)
    theirs = emulator.asks(request, documents)
    decision = decide(table.rules, request, documents)
    why = "; ".join(reason.says for reason in decision.why[:2])
    return Pair(kind, name, decision.allowed, theirs, why, case.expected)


def shifted(request: Request, documents: Any) -> tuple[Request, dict[str, Data]]:
    """The case with every moment moved by as much as the emulator's clock is away from its own."""
    by = wall_clock().nanoseconds - request.now.nanoseconds
    asked = request.query
    query = replace(asked, where=_moved(asked.where, by), any_of=_moved(asked.any_of, by))
    moved = replace(
        request, now=_moved(request.now, by), query=query, after=_moved(dict(request.after), by),
        data=None if request.data is None else _moved(dict(request.data), by),
    )  # fmt: skip
    return moved, {path: _moved(dict(data), by) for path, data in documents.items()}


def _moved(value: Any, by: int) -> Any:
    if isinstance(value, Timestamp):
        return Timestamp(value.nanoseconds + by)
    if isinstance(value, dict):
        return {name: _moved(item, by) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_moved(item, by) for item in value)
    return value


def granting(text: str, paths: list[str]) -> str:
    """The rules, and besides that every write of these documents is granted."""
    at = text.rstrip().rfind("}")
    grants = "".join(
        f" match /databases/{{theDatabase}}/documents/{path} {{ allow write; }}" for path in paths
    )
    return f"{text[:at]}{grants} }}"


def refused(emulator: Emulator, file: Path) -> Iterator[Pair | Skipped]:
    """Whether both read the rules of a table of rules that should be refused."""
    for each in yaml.safe_load(file.read_text(encoding="utf-8")):
        where = f"{file.name}: {each['construct']}"
        if re.search(r"service\s+firebase\.storage", each["rules"]):
            yield Skipped("rules to refuse", where, "no Firestore rules")
            continue
        try:
            read_rules(each["rules"])
            ours, why = True, ""
        except InputError as error:
            ours, why = False, str(error)
        said = emulator.put_rules(each["rules"])
        yield Pair("rules to refuse", where, ours, not said, said or why)


def report(found: list[Pair | Skipped]) -> int:
    """Print the counts and what differs; how many do."""
    pairs = [each for each in found if isinstance(each, Pair)]
    counts = Counter((each.kind, each.verdict) for each in pairs)
    counts += Counter((each.kind, "skipped") for each in found if isinstance(each, Skipped))
    heads = ("agree", "differ", "not decided", "skipped")
    _say(f"{'':34}" + "".join(f"{head:>13}" for head in heads))
    for kind in sorted({kind for kind, _ in counts}):
        _say(f"{kind:34}" + "".join(f"{counts[kind, head]:13}" for head in heads))
    total = (sum(counts[kind, head] for kind, each in counts if each == head) for head in heads)
    _say(f"{'all':34}" + "".join(f"{number:13}" for number in total))
    for each in pairs:
        if each.verdict != "agree":
            wrong = "" if each.expected in {None, each.theirs} else ", not as the table expects"
            _say(f"{each.verdict}: {each.kind}: {each.case}\n    ours {WORDS[each.ours]}, "
                 f"emulator {WORDS[each.theirs]}{wrong}: {each.why[:300]}")  # fmt: skip
    _say_skipped([each for each in found if isinstance(each, Skipped)])
    return sum(each.verdict == "differ" for each in pairs)


def _say_skipped(skipped: list[Skipped]) -> None:
    for why, number in Counter(each.why for each in skipped).most_common():
        first = next(each.case for each in skipped if each.why == why)
        _say(f"skipped {number}: {why[:300]} (first: {first})")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Compare, print, and exit with 1 if anything differs."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("tables", nargs="*", type=Path)
    asked.add_argument("--port", type=int, default=9187)
    asked.add_argument("--archive", default=ARCHIVE)
    given = asked.parse_args()
    found: list[Pair | Skipped] = []
    with Emulator(given.archive, given.port) as emulator:
        for file in given.tables or TABLES:
            found += compared(emulator, file)
        for file in [] if given.tables else REFUSED:
            found += refused(emulator, file)
    sys.exit(1 if report(found) else 0)


if __name__ == "__main__":
    main()
