"""The composite index of Firestore that a query told in words needs, as the line to deploy.

Single-field indexes do not add up: equality and another field, or a range and an order, are served
by one index over all of them: the equalities, then the fields of the order, then the ranges.
"""

import json
import re
from dataclasses import replace

from blueproof.core.advice import Artifact
from blueproof.core.blueprint import Conclusion
from blueproof.core.brief import Brief

_WHERE = re.compile(
    r"where\(\s*['\"](?P<field>[\w.]+)['\"]\s*,\s*['\"](?P<sign>[=!<>]=?|==|in|array-contains|"
    r"array-contains-any|not-in)['\"]"
)
_ORDER = re.compile(
    r"orderBy\(\s*['\"](?P<field>[\w.]+)['\"](?:\s*,\s*['\"](?P<way>asc|desc)['\"])?"
)
_OF = re.compile(r"collection\(\s*(?:\w+\s*,\s*)?['\"](?P<name>[\w/-]+)['\"]")
_TELLS = re.compile(r"requires an index|\bindex(?:es)?\b|failed.precondition", re.IGNORECASE)
_FILE = "firestore.indexes.json"


def with_composite(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion with the index of the query that was told; as it was where none is needed."""
    if "firestore" not in f"{brief.request} {conclusion.answer}".lower():
        return conclusion
    fields = composite(brief.request)
    if not fields or not _TELLS.search(brief.request):
        return conclusion
    shown = ", ".join(f"{name} {way}" for name, way in fields)
    said = (
        f"Your query needs one composite index over ({shown}); indexes on single fields do not add "
        "up to it."
    )
    held = _OF.search(brief.request)
    made = (_file(held["name"], fields),) if held else ()
    return replace(
        conclusion,
        answer=f"{said} {conclusion.answer}",
        artifacts=(*conclusion.artifacts, *made),
    )


def composite(request: str) -> tuple[tuple[str, str], ...]:
    """The fields of the index, each with its direction; () where single fields serve the query.

    >>> composite("where('city', '==', c), where('price', '<=', m), orderBy('at', 'desc')")
    (('city', 'ascending'), ('at', 'descending'), ('price', 'descending'))
    >>> composite("where('city', '==', c), limit(5)")
    ()
    """
    equal = [m["field"] for m in _WHERE.finditer(request) if m["sign"] in {"==", "in"}]
    holds = [m["field"] for m in _WHERE.finditer(request) if m["sign"].startswith("array")]
    ranges = [m["field"] for m in _WHERE.finditer(request) if m["sign"] in {"<", "<=", ">", ">="}]
    order = {m["field"]: m["way"] or "asc" for m in _ORDER.finditer(request)}
    ways = {"asc": "ascending", "desc": "descending"}
    # What is compared and not ordered is ordered behind, the way that the last order goes.
    last = ways[[*order.values(), "asc"][len(order) - 1 if order else 0]]
    fields = {
        **dict.fromkeys(equal, "ascending"),
        **dict.fromkeys(holds, "contains"),
        **{name: ways[way] for name, way in order.items() if name not in equal},
        **{name: last for name in ranges if name not in order},
    }
    others = [name for name in fields if name not in equal]
    if not others or (len(fields) == 1 and not holds) or fields.keys() == {*holds}:
        return ()
    return tuple(fields.items())


def _file(collection: str, fields: tuple[tuple[str, str], ...]) -> Artifact:
    """The file that firebase deploy --only firestore:indexes takes."""
    made = [
        {"fieldPath": name, "arrayConfig": "CONTAINS"}
        if way == "contains"
        else {"fieldPath": name, "order": way.upper()}
        for name, way in fields
    ]
    index = {
        "collectionGroup": collection.rpartition("/")[2],
        "queryScope": "COLLECTION",
        "fields": made,
    }
    text = json.dumps({"indexes": [index], "fieldOverrides": []}, indent=2) + "\n"
    purpose = (
        "the index of the query, to be put into your own file: firebase deploy --only "
        "firestore:indexes offers to delete what is not in it"
    )
    return Artifact(path=_FILE, text=text, purpose=purpose)
