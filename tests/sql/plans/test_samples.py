"""Public plans are read as those who published them read them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blueproof.sql.plans.build import build
from blueproof.sql.plans.looks import looks_like_plan
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.plans.read import read_plans

SAMPLES = Path(__file__).parent / "samples"
PLANS = sorted(
    f for f in SAMPLES.glob("*/*") if f.is_file() and not f.name.endswith(".expect.json")
)
# What that extension's own printer of text leaves out, or prints otherwise.
NOT_IN_TEXT = {
    "11": {"memory_kb"}, "12": {"memory_kb"}, "13": {"memory_kb"}, "34": {"memory_kb"},
    "35": {"memory_kb"}, "36": {"schema", "relation", "alias"}, "37": {"alias", "function"},
    "38": {"presorted", "sort_method", "sort_kb"},
}  # fmt: skip
TIMES = {"inclusive_ms", "exclusive_ms"}
PLACES = {"line", "number", "children"}


def read(file: Path) -> ReadPlan:
    return read_plans(file.read_text(encoding="utf-8"), path=file.name)[0]


def expected(file: Path) -> dict[str, Any] | None:
    """What the project itself read, if it says so."""
    beside = file.with_name(file.name.split(".")[0] + ".expect.json")
    if not beside.exists():
        return None
    raw = json.loads(beside.read_text(encoding="utf-8"))
    found: dict[str, Any] = raw[0] if isinstance(raw, list) else raw
    return found if "Plan" in found else None


def names(files: list[Path]) -> list[str]:
    return [f"{f.parent.name}/{f.name}" for f in files]


def test_there_are_enough_plans_in_every_format() -> None:
    forms = [read(file).form for file in PLANS]
    assert len(PLANS) >= 60
    assert {form: forms.count(form) >= 6 for form in set(forms)} == {
        "text": True, "json": True, "yaml": True, "xml": True
    }  # fmt: skip


@pytest.mark.parametrize("file", PLANS, ids=names(PLANS))
def test_each_is_seen_to_be_a_plan_and_read(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert looks_like_plan(text) or "cost=" not in text
    assert read(file).root.kind


def counted(text: str) -> int:
    """How many nodes a text has, by what is printed once a node, whatever was pasted around it."""
    bare = re.sub(r"\s", "", text)
    return max(bare.count("NodeType"), bare.count("<Node-Type>"), bare.count("(cost="),
               bare.count("->") + 1)  # fmt: skip


WHOLE = [f for f in PLANS if "chopped" not in f.name]


@pytest.mark.parametrize("file", WHOLE, ids=names(WHOLE))
def test_no_node_is_lost_or_made_up(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    plans = read_plans(text)
    nodes = sum(1 for plan in plans for _ in plan.root.walk())
    arrows_elsewhere = len(re.findall(r"->>?\s*'|->\d", text))
    first = bool(re.match(r"\s*->", text))  # its top was not copied
    assert nodes == counted(text) - arrows_elsewhere - first


@pytest.mark.parametrize("file", WHOLE, ids=names(WHOLE))
def test_the_whole_time_is_the_one_that_is_printed(file: Path) -> None:
    bare = re.sub(r"[\s+|\u21b5\u2502\u2551]", "", file.read_text(encoding="utf-8"))
    said = re.search(r"(?:Execution-?[Tt]ime\"*|Totalruntime|Total-Runtime)[:>]([\d.]+)", bare)
    assert read(file).execution_ms == (float(said[1]) if said else None)


def subset(ours: Node, theirs: dict[str, Any]) -> Iterator[str]:
    """Where the node differs from what they say of it; they need not say everything."""
    other = build({"Plan": shallow(theirs)}, form="json", line=1, path="expected").root
    plain = Node(kind="")
    for name in Node.__dataclass_fields__.keys() - PLACES - TIMES - {"kind", "subplan"}:
        said, mine = getattr(other, name), getattr(ours, name)
        if said != getattr(plain, name) and not agrees(name, mine, said):
            yield f"{ours.place}: {name} is {mine!r}, they have {said!r}"
    if ours.kind not in kinds(theirs["Node Type"]):
        yield f"{ours.kind}, they have {theirs['Node Type']}"
    below = theirs.get("Plans", ())
    if below and len(below) != len(ours.children):
        yield f"{ours.place}: {len(ours.children)} below it, they have {len(below)}"
    for child, raw in zip(ours.children, below, strict=False):
        yield from subset(child, raw)


def shallow(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key != "Plans"}


def agrees(name: str, mine: Any, said: Any) -> bool:
    """Whether both say the same; they keep lists in one text, quotes, and the schema."""
    if name in {"buffers", "wal"}:
        empty = type(said)()
        fields = type(said).__dataclass_fields__
        return all(
            getattr(said, f) in {getattr(mine, f), getattr(empty, f)} for f in fields
        )  # fmt: skip
    if isinstance(said, tuple):
        return ", ".join(map(str, mine)) == ", ".join(map(str, said))
    if name in {"relation", "index", "alias"}:
        return bool(said.replace('"', "").endswith(mine))
    return bool(mine == said or (name == "strategy" and not said))


def kinds(said: str) -> set[str]:
    """The names of ours that theirs may stand for."""
    base = re.sub(r" (?:Left|Right|Full|Semi|Anti)(?= Join)", "", said)
    ours = {"Nested Loop Join": "Nested Loop", "GroupAggregate": "Aggregate",
            "HashAggregate": "Aggregate", "Merge": "ModifyTable", "Insert": "ModifyTable",
            "Update": "ModifyTable", "Delete": "ModifyTable"}  # fmt: skip
    return {said, base, ours.get(base, base)}


THEIRS = [f for f in WHOLE if f.parent.name == "pev2" and expected(f)]


@pytest.mark.parametrize("file", THEIRS, ids=names(THEIRS))
def test_it_is_read_as_pev2_reads_it(file: Path) -> None:
    theirs, ours = expected(file), read(file)
    assert theirs is not None
    assert list(subset(ours.root, theirs["Plan"])) == []
    other = build(theirs, form="json", line=1, path="expected")
    for name in ("planning_ms", "execution_ms", "jit", "triggers", "settings"):
        said = getattr(other, name)
        assert said in (None, ()) or said == getattr(ours, name)


def test_most_expectations_are_used() -> None:
    assert len(THEIRS) >= 55


CONVERTED = [f for f in WHOLE if f.parent.name == "pg_store_plans"]


def differing(ours: Node, theirs: Node) -> set[str]:
    fields = Node.__dataclass_fields__.keys() - PLACES
    return {name for name in fields if getattr(ours, name) != getattr(theirs, name)}


@pytest.mark.parametrize("file", CONVERTED, ids=names(CONVERTED))
def test_all_formats_give_the_tree_of_the_json(file: Path) -> None:
    theirs = expected(file)
    assert theirs is not None
    other = build(theirs, form="json", line=1, path="expected")
    ours = read(file)
    left_out = NOT_IN_TEXT.get(file.name[:2], set()) if file.suffix == ".txt" else set()
    pairs = list(zip(ours.root.walk(), other.root.walk(), strict=True))
    assert [differing(a, b) - left_out for a, b in pairs] == [set()] * len(pairs)
    assert [len(a.children) for a, _ in pairs] == [len(b.children) for _, b in pairs]
    assert (ours.planning_ms, ours.execution_ms) == (other.planning_ms, other.execution_ms)


CHOPPED = [f for f in PLANS if "chopped" in f.name]


@pytest.mark.parametrize("file", CHOPPED, ids=names(CHOPPED))
def test_what_is_left_of_a_plan_is_read_and_said_to_be_cut(file: Path) -> None:
    theirs = expected(file)
    assert theirs is not None
    whole = list(build(theirs, form="json", line=1, path="expected").root.walk())
    ours = read(file)
    left = list(ours.root.walk())
    assert 1 <= len(left) < len(whole)
    assert [n.kind for n in left] == [n.kind for n in whole[: len(left)]]
    assert [n.relation for n in left[:-1]] == [n.relation for n in whole[: len(left) - 1]]
    assert any("ends before the plan" in remark for remark in ours.remarks)


CTES = [f for f in PLANS if f.name.startswith("cte-")]


@pytest.mark.parametrize("file", CTES, ids=names(CTES))
def test_a_cte_is_counted_once(file: Path) -> None:
    plan = read(file)
    own = sum(node.exclusive_ms or 0.0 for node in plan.root.walk())
    assert own == pytest.approx(plan.root.inclusive_ms, rel=0.01)
