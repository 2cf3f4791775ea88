"""Print what the code says of itself: pages under docs/, JSON Schemas, tables of what is known."""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args

import yaml

from blueproof.cloud.promises import promises
from blueproof.core.blueprint import SHAPE_VERSION, Blueprint, Ledger
from blueproof.core.codec import json_schema
from blueproof.facts.entries import Kind
from blueproof.proof.table import TABLE, TO_COME

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FACTS = ROOT / "src" / "blueproof" / "facts"
PATTERNS = ROOT / "src" / "blueproof" / "patterns"
FAULTS = DOCS.parent / "tests" / "engines" / "deployment" / "faults.yaml"


def claims() -> str:
    """docs/claims.md: the claim table."""
    head = ("Claim", "Fields", "Scene", "Engine", "Proved if", "Tolerance", "Basis")
    rows = [
        (f"`{k.name}`", ", ".join(f"`{f}`" for f in k.fields), k.scene, k.engine, k.rule,
         k.tolerance, k.basis)
        for k in TABLE
    ]  # fmt: skip
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return (
        "# The claim table\n\n"
        "What can be claimed, and what an engine must find for the claim to be proved. Three "
        "verdicts: proved, refuted, unchecked (a tool is missing, and the reason says which). "
        "Any proof is repeated with `blueproof prove FOLDER --only ID`: the claim's texts are read "
        "anew from the folder's files, and the verdict and every figure must come out as "
        "recorded, costs within 1 %.\n\n"
        "Basis: *real data* is the person's own text, *given statistics* are row counts that the "
        "person gave, *assumed statistics* our own guesses (never shown without the row count "
        "from which the statement holds), *simulated* means generated rows, "
        "or a model of the load.\n\n"
        + "\n".join(lines)
        + "\n\nWith the advisors that need their engines: "
        + ", ".join(f"`{n}`" for n in TO_COME)
        + ".\n"
    )


def kept() -> str:
    """docs/promises.md: what deployment files promise, and the faults that must be noticed."""
    faults = yaml.safe_load(FAULTS.read_text(encoding="utf-8"))
    parts = [
        "# What the files of a deployment promise\n\n"
        f"{len(promises())} promises, judged on what Terraform, workflows, Dockerfile and guide "
        f"mean. Each of these {len(faults)} faults was put into files that were right, and must be "
        "noticed, also with the right words left in a comment where a file can have one "
        "(`pytest tests/engines/deployment`). A wrong price is noticed by the claim `SumsTo`.\n"
    ]
    for promise in promises().values():
        mine = [f for f in faults if f["promise"] == promise.id]
        parts.append(f"\n## {promise.id}\n\n{_sentence(promise.says)}\n\n")
        parts.append("| Fault | File | Said of it |\n| --- | --- | --- |\n")
        parts += [f"| {f['fault']} | `{f['file']}` | … {f['says']} … |\n" for f in mine]
    return "".join(parts)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def shape() -> str:
    """docs/blueprint.md: the one JSON shape, field by field."""
    schema = json_schema(Blueprint)
    parts = [
        f"# The JSON shape, version {SHAPE_VERSION}\n\n"
        "What `--json` prints and `blueprint.json` holds. `blueprint.schema.json` beside this page "
        "is its JSON Schema; both are printed from the dataclasses in `blueproof.core`. "
        "`proofs.json` holds the same proofs with the seconds that each took "
        "(`proofs.schema.json`).\n"
    ]
    names = ["Blueprint", *(n for n in schema["$defs"] if n != "Blueprint")]
    for name in names:
        record = schema["$defs"][name]
        parts.append(f"\n## {name}\n\n{record['description']}\n\n| Field | Type |\n| --- | --- |\n")
        parts += [f"| `{f}` | {_type(t)} |\n" for f, t in record["properties"].items()]
    return "".join(parts)


def _type(schema: dict[str, object]) -> str:
    """A field's type in words, with a link where it is a record of its own."""
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            said = f"[{name}](#{name.lower()})"
        case {"type": "array", "items": dict(items)}:
            said = f"list of {_type(items)}"
        case {"enum": list(values)}:
            said = ", ".join(f"`{v}`" for v in values)
        case {"const": value}:
            said = f"`{value}`"
        case {"anyOf": list(options)}:
            said = " or ".join(_type(o) for o in options)
        case _:
            said = str(schema.get("type", ""))
    return said.replace("array", "list")


PRINTED: dict[str, Callable[[], str]] = {
    "claims.md": claims,
    "promises.md": kept,
    "blueprint.md": shape,
    "blueprint.schema.json": lambda: json.dumps(json_schema(Blueprint), indent=1) + "\n",
    "proofs.schema.json": lambda: json.dumps(json_schema(Ledger), indent=1) + "\n",
}


def table(kind: str) -> str:
    """facts/KIND.jsonl: the entries of all its YAML files as lines of JSON, ordered by id."""
    if kind == "patterns":
        found = {f.parent.name: _read(f) for f in PATTERNS.glob("*/pattern.yaml")}
    else:
        files = [_read(f) for f in sorted((FACTS / kind).glob("*.yaml"))]
        found = {name: raw for file in files for name, raw in file.items()}
        if len(found) < sum(map(len, files)):
            raise SystemExit(f"{kind}: one id stands twice")
    return "".join(
        json.dumps({"id": name, **found[name]}, ensure_ascii=False, default=str) + "\n"
        for name in sorted(found)
    )


def _read(file: Path) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return raw


def files() -> dict[Path, Callable[[], str]]:
    """Every printed file, and what prints it."""
    return {DOCS / name: print_it for name, print_it in PRINTED.items()} | {
        FACTS / f"{kind}.jsonl": partial(table, kind) for kind in (*get_args(Kind), "beliefs")
    }


def main() -> int:
    """Write the files, or with --check say which of them are out of date."""
    check = "--check" in sys.argv
    stale = [path for path, text in _texts() if _is_stale(path, text, write=not check)]
    if check:
        sys.stdout.write("".join(f"{path.relative_to(ROOT)} is out of date\n" for path in stale))
    return 1 if check and stale else 0


def _texts() -> Iterator[tuple[Path, str]]:
    """Every printed file with its text; the index last, since it is made of the tables."""
    for path, print_it in files().items():
        yield path, print_it()
    from blueproof.advisors.known.index import printed

    yield ROOT / "src" / "blueproof" / "advisors" / "known" / "index.txt", printed()


def _is_stale(path: Path, text: str, *, write: bool) -> bool:
    """Whether the file differs from the text, which is then written where it may be."""
    same = path.exists() and path.read_text(encoding="utf-8") == text
    if write and not same:
        path.write_text(text, encoding="utf-8")
    return not same


if __name__ == "__main__":
    sys.exit(main())
