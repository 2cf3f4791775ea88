"""What a model made from prose lacks of what a senior designs, as short texts."""

from collections.abc import Iterator
from typing import Any

from blueproof.advisors.model.design import Model, Table
from blueproof.advisors.model.trials import scripts


def lacks(case: dict[str, Any], made: Model) -> list[str]:
    """Each expectation of the case that the model does not meet, in the order of the case."""
    return [
        *_tables(case, made),
        *_links(case, made),
        *_columns(case, made),
        *_rules(case, made),
    ]


def _same(case: dict[str, Any], name: str) -> set[str]:
    """The names that will do for one: "crews|customers"."""
    found = {name}
    for each in case["tables"]:
        names = set(each.split("|"))
        found |= names if names & set(name.split("|")) else set(name.split("|"))
    return found


def _tables(case: dict[str, Any], made: Model) -> Iterator[str]:
    yield from (t for t in case["tables"] if not set(t.split("|")) & set(made.by_name))
    yield from (f"never {t}" for t in case.get("never", []) if t in made.by_name)
    if made.tenant != case.get("tenant", ""):
        yield f"tenant {made.tenant}"


def _links(case: dict[str, Any], made: Model) -> Iterator[str]:
    there = {(t.name, p) for t in made.tables for p in t.parents}
    for link in case.get("links", []):
        child, parent = (_same(case, side) for side in link.split(":"))
        if not any((c, p) in there for c in child for p in parent):
            yield link
    for link in case.get("nolinks", []):
        if tuple(link.split(":")) in there:
            yield f"never {link}"
    for one, other in case.get("joins", []):
        sides = [(a, b) for a in _same(case, one) for b in _same(case, other)]
        if not any({a, b} <= set(t.parents) for t in made.tables for a, b in sides):
            yield f"{one}+{other}"


def _columns(case: dict[str, Any], made: Model) -> Iterator[str]:
    """Columns that are missing, of another type, or may be empty where they must not, or not."""
    for name, wanted in case.get("columns", {}).items():
        table = next((made.by_name[n] for n in name.split("|") if n in made.by_name), None)
        for each in wanted:
            if table is None or not any(_is_there(each, one, table) for one in _names(each)):
                yield f"{name.partition('|')[0]}.{each}"


def _names(wanted: str) -> list[str]:
    return wanted.partition(":")[0].removesuffix("?").split("|")


def _is_there(wanted: str, name: str, table: Table) -> bool:
    whole, _, type_ = wanted.partition(":")
    empty = whole.endswith("?")
    if any((k.column, k.required) == (name, not empty) for k in table.links):
        return True
    found = next((c for c in table.columns if c.name == name), None)
    return found is not None and found.required != empty and type_ in {"", found.type}


def _rules(case: dict[str, Any], made: Model) -> Iterator[str]:
    heads = [
        line
        for script in scripts(made)
        for line in script.text.splitlines()
        if line.startswith("-- Trial: ")
    ]
    for wanted in case.get("trials", []):
        if not any(each in head for each in wanted.split("|") for head in heads):
            yield f"trial {wanted}"
