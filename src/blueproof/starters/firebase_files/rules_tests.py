"""rules-tests/*.test.ts: the cases of a table of requests, as tests for the vendor's own emulator.

The table is what our evaluator decides; printed, the very same cases are tried by whoever has
Google's emulator. The files lie in the features as printed: a test holds them to it, and
dev/print_rules_tests.py prints them again.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from blueproof.starters.firebase_files.typescript import WIDTH, Call, Node, Raw, shown

_ID = "__name__"
_HEAD = 'import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";'
_SDK = {"firestore": "firebase/firestore", "storage": "firebase/storage"}
_SUPPORT = {"firestore": "./support", "storage": "./files"}
_OF_OURS = frozenset("ago as nobody seeded together filesOf nobodysFiles stored".split())
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"\b([A-Za-z]+)\(")


class _Loader(yaml.SafeLoader):
    """The safe loader, with the tags for the moment of the request and for others."""


def _timestamp(_loader: _Loader, node: yaml.Node) -> datetime:
    return datetime.fromisoformat(str(node.value))


_Loader.add_constructor("!server_time", lambda *_: Raw("serverTimestamp()"))
_Loader.add_constructor("!timestamp", _timestamp)


def printed_name(table: str) -> str:
    """The name of the file of tests that is printed from a table, by the table's own."""
    name = table.removesuffix(".yaml")
    return f"{'files' if name.endswith('-storage') else name}.test.ts"


def rules_test(table: str) -> str:
    """The file of tests for a table in YAML."""
    given: dict[str, Any] = _Loader(table).get_single_data()
    now = _moment(given["now"])
    cases = [_case(case, given["service"], now) for case in given["cases"]]
    body = "\n\n".join([_before(given, now), *cases])
    return "\n".join([*_imports(body, given["service"]), "", body, ""])


def _moment(given: datetime | str) -> datetime:
    made = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _imports(body: str, service: str) -> Iterator[str]:
    used = set(_NAME.findall(_TEXT.sub('""', body))) - {
        "it",
        "beforeEach",
        "assertFails",
        "assertSucceeds",
    }
    ours, sdk = used & _OF_OURS, sorted(used - _OF_OURS - {"Uint"}, key=str)
    yield _HEAD
    yield _import(sdk, _SDK[service])
    yield 'import { beforeEach, it } from "vitest";'
    yield ""
    if service == "storage":
        yield _import(sorted(ours - {"seeded"}), _SUPPORT["storage"])
        ours &= {"seeded"}
    if ours:
        yield _import(sorted(ours), _SUPPORT["firestore"])


def _import(names: list[str], source: str) -> str:
    flat = f'import {{ {", ".join(names)} }} from "{source}";'
    if len(flat) <= WIDTH:
        return flat
    return "\n".join(["import {", *(f"  {name}," for name in names), f'}} from "{source}";'])


def _before(given: Mapping[str, Any], now: datetime) -> str:
    if given["service"] == "firestore":
        seeded = Call("seeded", (_value(given["documents"], now),))
        return f"beforeEach(() =>\n  {shown(seeded, 2, 1)},\n);"
    seeded = Call("seeded", (_value(given["firestore"], now),))
    stored = Call("stored", (_value(given["documents"], now),))
    lines = (f"  await {shown(each, 2, 1, before=len('await '))};" for each in (seeded, stored))
    return "\n".join(["beforeEach(async () => {", *lines, "});"])


def _case(case: Mapping[str, Any], service: str, now: datetime) -> str:
    asked = (_asked if service == "firestore" else _asked_of_storage)(case, now)
    means = "assertSucceeds" if case["expect"] == "allow" else "assertFails"
    statement = shown(Call(means, (asked,)), 2, 1, before=len("await "))
    title = shown(case["name"], 0, 0)
    return f"it({title}, async () => {{\n  await {statement};\n}});"


def _asked(case: Mapping[str, Any], now: datetime) -> Call:
    who = _who(case.get("as"), "as", "nobody")
    if case["do"] == "list":
        return Call("getDocs", (_list(case, who, now),))
    if case.get("after"):
        together = {case["path"]: case["data"], **case["after"]}
        return Call("together", (who, _value(together, now)))
    place = Call("doc", (who, case["path"]))
    if case["do"] in {"create", "update"}:
        return Call("setDoc", (place, _value(case["data"], now)))
    return Call({"get": "getDoc", "delete": "deleteDoc"}[case["do"]], (place,))


def _list(case: Mapping[str, Any], who: Call, now: datetime) -> Node:
    asked: Mapping[str, Any] = case.get("query", {})
    group = case.get("collection_group")
    source = Call("collectionGroup" if group else "collection", (who, group or case["path"]))
    parts = [
        Call("where", (Call("documentId", ()) if name == _ID else name, sign, _value(value, now)))
        for name, sign, value in asked.get("where", ())
    ]
    parts += [Call("orderBy", tuple(each)) for each in asked.get("order_by", ())]
    parts += [Call("limit", (asked["limit"],))] if "limit" in asked else []
    return Call("query", (source, *parts)) if parts else source


def _asked_of_storage(case: Mapping[str, Any], _now: datetime) -> Call:
    file = Call("ref", (_who(case.get("as"), "filesOf", "nobodysFiles"), case["path"]))
    if case["do"] in {"create", "update"}:
        data = dict(case["data"])
        size = Call("new Uint8Array", (data.pop("size"),))
        return Call("uploadBytes", (file, size, data))
    names = {"get": "getMetadata", "list": "listAll", "delete": "deleteObject"}
    return Call(names[case["do"]], (file,))


def _who(given: str | Mapping[str, Any] | None, name: str, nobody: str) -> Call:
    if given is None:
        return Call(nobody, ())
    if isinstance(given, str):
        return Call(name, (given,))
    return Call(name, (given["uid"], given["token"]))


def _value(given: Any, now: datetime) -> Any:
    """A value of the table; moments as seconds before the tests began."""
    if isinstance(given, datetime):
        return Call("ago", (int((now - _moment(given)).total_seconds()),))
    if isinstance(given, dict):
        return {name: _value(each, now) for name, each in given.items()}
    return [_value(each, now) for each in given] if isinstance(given, list) else given
