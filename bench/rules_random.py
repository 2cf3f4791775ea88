"""Random conditions and list queries, decided by our evaluator and by Google's Firestore emulator.

    python bench/rules_random.py [--conditions 2000] [--queries 300] [--seed 1] [--port 9187]

A condition is asked as it is and negated, so that true, false and an error are told apart; half of
them compare a value with what we think it is. What differs is shrunk. Of the lists what matters
most is: we say allowed, the emulator denies. Exit code 1 if anything differs.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from firestore_emulator import ARCHIVE, Emulator, NotSentError
from rules_made import DOCUMENT, Node, Queries, Terms, literal

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules import Request, RulesError, decide, read_rules
from blueproof.engines.firebase_rules.compiler import Compiler
from blueproof.engines.firebase_rules.decide import prepared
from blueproof.engines.firebase_rules.errors import FaultError
from blueproof.engines.firebase_rules.syntax import Binary
from blueproof.engines.firebase_rules.yaml_values import as_timestamp

HEAD = "rules_version = '2';\nservice cloud.firestore { match /databases/{database}/documents {\n"
NOW = as_timestamp("2026-01-01T00:00:00Z")
TOGETHER = 40  # conditions in one file of rules
TOKEN = {"sub": "alice", "email": "a@example.com", "level": 3}
WORDS = {True: "true", False: "false", None: "error", "?": "not decided"}
Truth = bool | str | None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _asking(collection: str) -> Request:
    return Request(method="get", path=f"{collection}/x", now=NOW, uid="alice", token=TOKEN)


def _rules(conditions: list[str]) -> str:
    matches = "".join(
        f"match /{side}{place}/{{id}} {{ allow get: if {text}; }}\n"
        for place, each in enumerate(conditions)
        for side, text in (("p", each), ("n", f"!({each})"))
    )
    return f"{HEAD}{matches}}} }}\n"


def _documents(number: int) -> dict[str, dict[str, object]]:
    return {f"{side}{place}/x": DOCUMENT for place in range(number) for side in "pn"} | {
        "other/one": {"x": 1, "s": "Hello"}
    }


def _truth(granted: Iterable[bool | None]) -> Truth:
    """What a condition is from whether it and its negation are granted."""
    yes, no = granted
    if None in {yes, no}:
        return "?"
    return yes if yes or no else None


def ours(condition: str) -> Truth:
    """What we say of a condition."""
    try:
        rules = read_rules(_rules([condition]))
    except RulesError:
        return "refused"
    documents = _documents(1)
    return _truth(decide(rules, _asking(name), documents).allowed for name in ("p0", "n0"))


def theirs(emulator: Emulator, conditions: list[str]) -> list[Truth]:
    """What the emulator says of some conditions."""
    if emulator.put_rules(_rules(conditions)):
        if len(conditions) == 1:
            return ["refused"]
        return [theirs(emulator, [each])[0] for each in conditions]
    return [
        _truth(emulator.asks(_asking(f"{side}{place}"), ()) for side in "pn")
        for place in range(len(conditions))
    ]


def valued(term: str) -> object:
    """The value that we give to a term. Raises FaultError."""
    rules = read_rules(_rules([f"{term} == null"]))
    (block, *_) = [each for each in rules.blocks if each.by_method]
    (grant, *_) = block.by_method["get"]
    condition = grant.allow.condition
    assert isinstance(condition, Binary)
    run = prepared(rules, _asking("p0"), ("databases", "(default)", "documents", "p0", "x"),
                   _documents(1), None)  # fmt: skip
    return Compiler(rules.service).value(condition.left, grant.scope, {}).run([run])


def conditions(seed: int, number: int) -> Iterator[Node]:
    """Conditions made at random; every second compares a value with what we take it for."""
    made = Terms(seed)
    while number:
        if number % 2:
            yield made.term("bool", 3)
        else:
            node = made.term(made.kind(), 2)
            try:
                written = literal(valued(str(node)))
            except (FaultError, RulesError):
                continue
            if written is None:
                continue
            yield Node("({} == {})", (node, Node(written)), "bool")
        number -= 1


def shrunk(emulator: Emulator, node: Node) -> Node:
    """A smaller condition on which both still differ."""
    smaller = True
    while smaller:
        smaller = False
        for each in node.smaller():
            mine = ours(str(each))
            if mine in {"?", "refused"}:
                continue
            if len(str(each)) < len(str(node)) and theirs(emulator, [str(each)]) != [mine]:
                node, smaller = each, True
                break
    return node


def compare_conditions(emulator: Emulator, seed: int, number: int) -> int:
    """Print the counts and the smallest conditions that differ; how many do."""
    counts, found, made = Counter[str](), dict[str, Node](), [*conditions(seed, number)]
    emulator.put_documents(_documents(TOGETHER))
    for start in range(0, number, TOGETHER):
        some = made[start : start + TOGETHER]
        for node, their in zip(some, theirs(emulator, [*map(str, some)]), strict=True):
            mine = ours(str(node))
            verdict = "agree" if mine == their else "differ"
            verdict = "not decided here" if mine == "?" else verdict
            counts[verdict] += 1
            counts[f"emulator {WORDS.get(their, their)}"] += 1
            if verdict == "differ":
                found[str(node)] = node
    _say(f"conditions, seed {seed}: {dict(counts)}")
    small = Counter(str(shrunk(emulator, node)) for node in found.values())
    for text, times in small.most_common():
        mine, (their,) = ours(text), theirs(emulator, [text])
        _say(f"differ, {times} times: {text}: ours {WORDS.get(mine, mine)}, "
             f"emulator {WORDS.get(their, their)}")  # fmt: skip
    return counts["differ"]


def compare_queries(emulator: Emulator, seed: int, number: int) -> int:
    """Print the counts and the queries on which both differ; how many of ours are too lenient."""
    counts, lenient = Counter[str](), 0
    made = Queries(seed)
    emulator.put_documents({})
    for _ in range(number):
        condition, query = made.condition(), made.query()
        text = f"{HEAD}match /q/{{id}} {{ allow list: if {condition}; }} }} }}\n"
        request = Request(method="list", path="q", now=NOW, uid="alice", token=TOKEN, query=query)
        refusal = emulator.put_rules(text)
        if refusal:
            counts[f"rules refused: {refusal[:80]}"] += 1
            continue
        try:
            their, decision = emulator.asks(request, ()), decide(read_rules(text), request, {})
        except (NotSentError, InputError) as why:
            counts[f"query refused: {str(why)[:70]}"] += 1
            continue
        mine = {True: "allow", False: "deny", None: "not decided"}[decision.allowed]
        counts[f"ours {mine}, emulator {'allow' if their else 'deny'}"] += 1
        if decision.allowed is not None and decision.allowed is not their:
            lenient += bool(decision.allowed)
            _say(f"list: ours {mine}: {condition} where {query.where} order {query.order_by} "
                 f"limit {query.limit}: {decision.why[0].says[:160]}")  # fmt: skip
    _say(f"queries, seed {seed}:")
    for verdict, times in sorted(counts.items()):
        _say(f"{times:6} {verdict}")
    return lenient


def main() -> None:
    """Compare, print, and exit with 1 if anything differs."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--conditions", type=int, default=2000)
    asked.add_argument("--queries", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--port", type=int, default=9187)
    asked.add_argument("--archive", type=Path, default=Path(ARCHIVE))
    given = asked.parse_args()
    with Emulator(str(given.archive), given.port) as emulator:
        differ = compare_conditions(emulator, given.seed, given.conditions)
        differ += compare_queries(emulator, given.seed, given.queries)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
