"""Google's Firestore emulator: started, given rules and documents, asked as a person.

Needs Java and the emulator's archive (package google-cloud-cli-firestore-emulator); listens on
127.0.0.1 only. What it answers with 403 is denied; found, not found or written is allowed.
"""

import base64
import http.client
import json
import math
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from blueproof.engines.firebase_rules import Request
from blueproof.engines.firebase_rules.runs import DATABASE, Data
from blueproof.engines.firebase_rules.values import SECOND, LatLng, Path, Timestamp

ARCHIVE = "/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
PROJECT = "demo-app"
ROOT = f"projects/{PROJECT}/databases/{DATABASE}/documents"
_PATIENCE = 60.0  # seconds, for the start and for one request
_SIGNS = {
    "==": "EQUAL", "!=": "NOT_EQUAL", "<": "LESS_THAN", "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN", ">=": "GREATER_THAN_OR_EQUAL", "in": "IN", "not-in": "NOT_IN",
    "array-contains": "ARRAY_CONTAINS", "array-contains-any": "ARRAY_CONTAINS_ANY",
}  # fmt: skip
OWNER = "Bearer owner"


class NotSentError(Exception):
    """A case that cannot be put to the emulator, and why."""


class Emulator:
    """One emulator process; use as a context, which ends it."""

    def __init__(self, archive: str, port: int) -> None:
        self._port = port
        self._process = subprocess.Popen(  # noqa: S603
            ["java", "-Xmx600m", "-XX:TieredStopAtLevel=1", "-cp", archive, MAIN, "start",  # noqa: S607
             "--host=127.0.0.1", f"--port={port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.nice(10),  # noqa: PLW1509
        )  # fmt: skip
        self._wire = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def __enter__(self) -> Self:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self._send("GET", "/", None, None)
            except OSError:
                time.sleep(0.5)
            else:
                return self
        self.__exit__()
        raise SystemExit(f"the emulator does not answer on 127.0.0.1:{self._port}")

    def __exit__(self, *_: object) -> None:
        self._wire.close()
        self._process.terminate()
        self._process.wait(_PATIENCE)

    def _send(self, verb: str, path: str, body: Any, person: str | None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if person:
            headers["Authorization"] = person
        try:
            self._wire.request(verb, path, None if body is None else json.dumps(body), headers)
            answer = self._wire.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self._wire.close()
            raise
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")

    def put_rules(self, text: str) -> str:
        """Set the rules; what is said against them, or nothing."""
        body = {"rules": {"files": [{"name": "firestore.rules", "content": text}]}}
        code, said = self._send("PUT", f"/emulator/v1/projects/{PROJECT}:securityRules", body, None)
        return "" if code == http.HTTPStatus.OK else _message(said)

    def coverage(self) -> Any:
        """What each expression of the rules came to since they were set."""
        return self._send("GET", f"/emulator/v1/projects/{PROJECT}:ruleCoverage", None, None)[1]

    def put_documents(self, documents: Mapping[str, Data]) -> None:
        """Delete all that is there and write these documents."""
        path = f"/emulator/v1/projects/{PROJECT}/databases/{DATABASE}/documents"
        _expect(self._send("DELETE", path, None, OWNER))
        writes = [{"update": document(name, data)} for name, data in documents.items()]
        if writes:
            _expect(self._send("POST", f"/v1/{ROOT}:commit", {"writes": writes}, OWNER))

    def asks(self, request: Request, existing: Iterable[str]) -> bool:
        """Whether the request is allowed. Raises NotSentError if the emulator refuses its form."""
        person = _bearer(request)
        if request.method == "get":
            return _allowed(self._send("GET", f"/v1/{ROOT}/{request.path}", None, person))
        if request.method == "list":
            parent, query = structured(request)
            body = {"structuredQuery": query}
            return _allowed(self._send("POST", f"/v1/{parent}:runQuery", body, person))
        body = {"writes": [*_writes(request, {*existing})]}
        return _allowed(self._send("POST", f"/v1/{ROOT}:commit", body, person))


def _message(said: Any) -> str:
    inner = said[0] if isinstance(said, list) and said else said
    if isinstance(inner, dict) and "error" in inner:
        return str(inner["error"].get("message"))
    return str(inner)


def _expect(answer: tuple[int, Any]) -> None:
    if answer[0] != http.HTTPStatus.OK:
        raise NotSentError(f"documents cannot be written: {_message(answer[1])[:200]}")


def _allowed(answer: tuple[int, Any]) -> bool:
    code, said = answer
    if code in {http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND}:
        return True
    if code == http.HTTPStatus.FORBIDDEN:
        return False
    raise NotSentError(f"{code}: {_message(said)[:200]}")


def _bearer(request: Request) -> str | None:
    """An unsigned token, which the emulator takes for signed."""
    if request.uid is None:
        return None
    claims = {**request.token, "sub": request.uid}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    try:
        coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
        return f"Bearer {b'.'.join(coded).decode()}."
    except TypeError:
        raise NotSentError("a claim is no JSON") from None


def document(path: str, data: Data) -> dict[str, Any]:
    """A document as the REST API has it."""
    return {"name": f"{ROOT}/{path}", "fields": fields(data)}


def fields(data: Data) -> dict[str, Any]:
    """The fields of a document or map as the REST API has them."""
    return {name: coded(value) for name, value in data.items()}


def coded(value: Any) -> dict[str, Any]:
    """A value as the REST API has it. Raises NotSentError for a type that documents have not."""
    form = _FORMS.get(type(value))
    if not form:
        raise NotSentError(f"a document cannot hold a {type(value).__name__}")
    name, written = form
    return {name: written(value)}


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _moment(value: Timestamp) -> str:
    return f"{value.moment():%Y-%m-%dT%H:%M:%S}.{value.nanoseconds % SECOND:09d}Z"


_FORMS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    type(None): ("nullValue", lambda _value: None),
    bool: ("booleanValue", bool),
    int: ("integerValue", str),
    float: ("doubleValue", lambda value: value if math.isfinite(value) else _word(value)),
    str: ("stringValue", str),
    bytes: ("bytesValue", lambda value: base64.b64encode(value).decode()),
    list: ("arrayValue", lambda value: {"values": [coded(item) for item in value]}),
    dict: ("mapValue", lambda value: {"fields": fields(value)}),
    Timestamp: ("timestampValue", _moment),
    LatLng: ("geoPointValue", lambda at: {"latitude": at.latitude, "longitude": at.longitude}),
    Path: ("referenceValue", lambda value: f"projects/{PROJECT}{value}"),
}


def _writes(request: Request, existing: set[str]) -> Iterable[dict[str, Any]]:
    data = None if request.method == "delete" else request.data or {}
    for path, value in {request.path: data, **request.after}.items():
        if value is None:
            yield {"delete": f"{ROOT}/{path}"}
            continue
        moments = [*_server_times(value, request.now)]
        write = {"update": document(path, value)}
        if moments:
            write["updateTransforms"] = [
                {"fieldPath": each, "setToServerValue": "REQUEST_TIME"} for each in moments
            ]  # fmt: skip
        if request.method == "update" and path == request.path and path not in existing:
            raise NotSentError("an update of a document that is not there")
        yield write


def _server_times(data: Data, now: Timestamp, before: str = "") -> Iterable[str]:
    """The paths of the fields that are the moment of the request."""
    for name, value in data.items():
        path = f"{before}`{name}`"
        if value == now and isinstance(value, Timestamp):
            yield path
        elif isinstance(value, dict):
            yield from _server_times(value, now, f"{path}.")


def structured(request: Request) -> tuple[str, dict[str, Any]]:
    """The parent and the query of a list, as runQuery takes them."""
    query, (*above, collection) = request.query, request.path.split("/")
    if query.collection_group:
        above, collection = [], query.collection_group
    source = {"collectionId": collection, "allDescendants": bool(query.collection_group)}
    made: dict[str, Any] = {"from": [source]}
    parts = [_filter(each, above, collection) for each in query.where]
    for either in query.any_of:
        every = [_filter(each, above, collection) for each in either]
        parts.append({"compositeFilter": {"op": "OR", "filters": every}})
    if parts:
        made["where"] = {"compositeFilter": {"op": "AND", "filters": parts}}
    if query.order_by:
        made["orderBy"] = [
            {"field": _field(name), "direction": "DESCENDING" if way == "desc" else "ASCENDING"}
            for name, way in query.order_by
        ]
    made |= {name: getattr(query, name) for name in ("limit", "offset")
             if getattr(query, name) is not None}  # fmt: skip
    return "/".join((ROOT, *above)), made


def _field(name: str) -> dict[str, str]:
    return {"fieldPath": "__name__" if name == "documentId()" else name}


def _filter(constraint: Any, above: list[str], collection: str) -> dict[str, Any]:
    name, sign, value = constraint
    field = _field(name)
    if value is None and sign in {"==", "!="}:
        return {"unaryFilter": {"field": field, "op": "IS_NULL" if sign == "==" else "IS_NOT_NULL"}}
    if field["fieldPath"] == "__name__":
        place = "/".join((ROOT, *above, collection))
        named = [_name(each, place) for each in (value if isinstance(value, list) else [value])]
        sent = {"arrayValue": {"values": named}} if isinstance(value, list) else named[0]
    else:
        sent = coded(value)
    return {"fieldFilter": {"field": field, "op": _SIGNS[sign], "value": sent}}


def _name(value: Any, place: str) -> dict[str, Any]:
    """A document's name from its id, from a path below the documents or from a whole path."""
    if isinstance(value, Path):
        return coded(value)
    return {"referenceValue": f"{ROOT}/{value}" if "/" in str(value) else f"{place}/{value}"}


def wall_clock() -> Timestamp:
    """This moment."""
    return Timestamp(time.time_ns())
