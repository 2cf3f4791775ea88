"""Security rules, printed from what each feature allows.

A feature's `rules` (Firestore) or `storage_rules` hold `functions` (signature to expression),
`allow` (a list of {match, name, to, if}) and `also` (a list of {match, name, if}: conditions that
it adds to what another feature allows under that name).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from blueproof.starters.feature import Feature

_FRAMES = {
    "rules": ("cloud.firestore", "/databases/{database}/documents"),
    "storage_rules": ("firebase.storage", "/b/{bucket}/o"),
}


@dataclass(frozen=True, kw_only=True)
class Allow:
    """One thing that is allowed: on which documents, which methods, and all that must hold."""

    match: str
    name: str
    to: tuple[str, ...]
    conditions: tuple[str, ...]


def rules_file(parts: Iterable[Feature], section: str) -> str:
    """The text of one rules file; `section` is "rules" or "storage_rules"."""
    data = [part.data[section] for part in parts if section in part.data]
    functions = {key: text for each in data for key, text in each.get("functions", {}).items()}
    allowed = _extended(
        [_allow(each) for every in data for each in every.get("allow", [])],
        [each for every in data for each in every.get("also", [])],
    )
    matches = [_match(path, group) for path, group in _by_match(allowed).items()]
    used = _used(functions, "".join(matches))
    service, root = _FRAMES[section]
    body = "\n".join([*(_function(key, functions[key]) for key in used), *matches])
    return f"rules_version = '2';\n\nservice {service} {{\n  match {root} {{\n{body}  }}\n}}\n"


def _allow(data: Mapping[str, object]) -> Allow:
    to, conditions = data["to"], data["if"]
    assert isinstance(to, list)
    assert isinstance(conditions, list)
    return Allow(
        match=str(data["match"]), name=str(data["name"]), to=tuple(to), conditions=tuple(conditions)
    )


def _extended(allowed: list[Allow], also: list[Mapping[str, object]]) -> list[Allow]:
    """What is allowed, with the conditions that other features add by match and name."""
    found = {(each.match, each.name): each for each in allowed}
    if len(found) < len(allowed):
        raise ValueError("two features allow something under one name")
    for more in also:
        key = (str(more["match"]), str(more["name"]))
        conditions = more["if"]
        assert isinstance(conditions, list)
        if key not in found:
            raise ValueError(f"nothing is allowed as {key[1]!r} on {key[0]}")
        found[key] = replace(found[key], conditions=(*found[key].conditions, *conditions))
    return list(found.values())


def _by_match(allowed: Iterable[Allow]) -> dict[str, list[Allow]]:
    groups: dict[str, list[Allow]] = {}
    for each in allowed:
        groups.setdefault(each.match, []).append(each)
    return groups


def _match(path: str, group: Sequence[Allow]) -> str:
    body = "\n".join(_statement(each) for each in group)
    return f"    match {path} {{\n{body}    }}\n"


def _statement(allow: Allow) -> str:
    condition = "\n        && ".join(_grouped(each) for each in allow.conditions)
    return f"      // {allow.name}\n      allow {', '.join(allow.to)}: if {condition};\n"


def _grouped(condition: str) -> str:
    """The condition as an operand of &&: one with an alternative in it goes into parentheses."""
    bare = re.sub(r"\([^()]*\)", "", condition)
    while bare != (bare := re.sub(r"\([^()]*\)", "", bare)):
        pass
    return f"({condition})" if "||" in bare or "?" in bare else condition


def _function(signature: str, expression: str) -> str:
    text = "\n        ".join(line.strip() for line in expression.strip().splitlines())
    return f"    function {signature} {{\n      return {text};\n    }}\n"


def _used(functions: Mapping[str, str], text: str) -> list[str]:
    """The signatures that the rules call, also through one another, in the order as declared."""
    names = {signature.split("(")[0]: signature for signature in functions}
    open_texts, used = [text], set[str]()
    while open_texts:
        called = set(re.findall(r"(\w+)\(", open_texts.pop())) & set(names) - used
        used |= called
        open_texts += [functions[names[name]] for name in called]
    return [signature for name, signature in names.items() if name in used]
