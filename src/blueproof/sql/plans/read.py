"""A pasted text as plans: whichever of EXPLAIN's four formats it is in, however it was pasted."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.core.errors import SqlError
from blueproof.sql.plans.arity import arity
from blueproof.sql.plans.build import build
from blueproof.sql.plans.damage import mended, unfolded
from blueproof.sql.plans.lines import PROPERTY
from blueproof.sql.plans.looks import JSON, XML, YAML
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.plans.structured import read_json, read_xml, read_yaml
from blueproof.sql.plans.text import CUT, read_text

MOST_CHARACTERS = 20_000_000
_MOST_PLANS = 200


def read_plans(text: str, *, path: str = "plan") -> tuple[ReadPlan, ...]:
    """Every plan in a text, in the order of reading; SqlError where there is none."""
    if len(text) > MOST_CHARACTERS:
        said = f"more than {MOST_CHARACTERS // 10**6} million characters: paste one plan"
        raise SqlError(said, path=path, line=1, column=1)
    found = []
    for plan in _plans(text, path):
        found.append(plan)
        if len(found) > _MOST_PLANS:
            said = f"more than {_MOST_PLANS} plans: paste those that matter"
            raise SqlError(said, path=path, line=plan.line, column=1)
    if not found:
        raise _nothing(text, path)
    return tuple(found)


def _plans(text: str, path: str) -> Iterator[ReadPlan]:
    text = unfolded(text)
    if JSON.search(text) and "Node Type" in text:
        yield from _structured("json", text, path)
    elif XML.search(text) and "Node-Type" in text:
        yield from _structured("xml", text, path)
    elif YAML.search(text) and "Node Type" in text:
        yield from _structured("yaml", text, path)
    else:
        for raw, line, remarks in read_text(mended(text)):
            yield build(raw, form="text", line=line, path=path, remarks=remarks)


def _structured(form: str, text: str, path: str) -> Iterator[ReadPlan]:
    readers = {"json": read_json, "xml": read_xml, "yaml": read_yaml}
    lines = "\n".join(mended(text))
    if form == "json":
        lines = lines.replace('""', '"') if '""Plan""' in lines else lines
        lines = lines.replace('\\"', '"') if '\\"Plan\\"' in lines else lines
    for raw, line, cut in readers[form](lines, path=path):
        plan = build(raw, form=form, line=line, path=path)
        lacking = any(_lacks(node) for node in plan.root.walk())
        yield replace(plan, remarks=(CUT,)) if cut or lacking else plan


def _lacks(node: Node) -> bool:
    """Whether the node has fewer inputs than its kind must have."""
    return len(node.inputs) < arity(node.kind)[0]


def _nothing(text: str, path: str) -> SqlError:
    """The error where no plan was found: at the first line that looks like one, else the first."""
    lines = text.split("\n")
    near = next((at for at, line in enumerate(lines, start=1) if _is_near(line)), 0)
    if near:
        said = "this looks like part of a plan, and no node stands above it: paste it from the top"
    else:
        said = "no plan in it: paste what EXPLAIN (ANALYZE, BUFFERS) printed, from its first line"
    return SqlError(said, path=path, line=near or 1, column=1)


def _is_near(line: str) -> bool:
    bare = line.strip(" |\"'+>")
    return bool(bare.startswith("->") or PROPERTY.match(bare))
