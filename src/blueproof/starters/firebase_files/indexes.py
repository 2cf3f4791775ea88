"""firestore.indexes.json: composite indexes, and the fields whose automatic indexes differ.

A feature lists `indexes` ({collection, fields: ["memberIds contains", "at desc"]}),
`group_fields` (by which all collections of that name are searched, `kind` asc if not said),
`unindexed` fields and `ttl` fields, whose time ends the document.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from blueproof.starters.feature import Feature

_KINDS = {
    "asc": {"order": "ASCENDING"},
    "desc": {"order": "DESCENDING"},
    "contains": {"arrayConfig": "CONTAINS"},
}


def index_file(parts: Iterable[Feature]) -> str:
    """The text of the file."""
    data = [part.data for part in parts]
    tree = {
        "indexes": [_index(each) for one in data for each in one.get("indexes", [])],
        "fieldOverrides": [each for one in data for each in _overrides(one)],
    }
    return json.dumps(tree, indent=2) + "\n"


def _index(index: Mapping[str, Any]) -> dict[str, Any]:
    fields = [(path, _KINDS[kind]) for path, kind in (each.split() for each in index["fields"])]
    return {
        "collectionGroup": index["collection"],
        "queryScope": index.get("scope", "COLLECTION"),
        "fields": [{"fieldPath": path} | kind for path, kind in fields],
    }


def _overrides(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for each in data.get("group_fields", []):
        yield _field(each) | {"indexes": list(_with_group(each.get("kind", "asc")))}
    for each in data.get("unindexed", []):
        yield _field(each) | {"indexes": []}
    for each in data.get("ttl", []):
        yield _field(each) | {"ttl": True, "indexes": []}


def _field(each: Mapping[str, str]) -> dict[str, Any]:
    return {"collectionGroup": each["collection"], "fieldPath": each["field"]}


def _with_group(searched: str) -> Iterator[dict[str, str]]:
    """What a field has by itself, and the search through all collections of the name."""
    for kind in _KINDS.values():
        yield {"queryScope": "COLLECTION"} | kind
    yield {"queryScope": "COLLECTION_GROUP"} | _KINDS[searched]
