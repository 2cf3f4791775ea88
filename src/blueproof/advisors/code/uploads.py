"""Files that a phone sends: what React Native hands over as bytes, and names that are taken."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.syntax.calls import Call
from blueproof.syntax.places import declared, literal

_PHONE = re.compile(r"react-native|expo|\buri\b|ImagePicker", re.IGNORECASE)
_EMPTY = r"\b0 ?b(?:ytes?)?\b|empty|blank|zero|corrupt|broken|won'?t open|not open|doesn'?t open"
_TAKEN = r"already exists|duplicate|409|second upload|again|overwrite|replace|exists"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with uploads to a bucket of Supabase."""
    for call in source.calls:
        put = call.link("upload")
        if put is None or not call.link("from") or not put.args or not put.args[1:]:
            continue
        yield from _blob(source, call)
        yield from _taken(source, call)


def _blob(source: Source, call: Call) -> Iterator[Seen]:
    """A Blob of React Native, of which the client sends no bytes."""
    put = call.link("upload")
    given = put.args[1] if put is not None and put.args else None
    if given is None or not _PHONE.search(f"{source.words} {source.text}"):
        return
    value = declared(source.root, given.text, given) if given.kind == "identifier" else given
    made = value.text if value is not None else ""
    if not re.search(r"\.blob\(\)$", made):
        return
    at = value.end - len("blob()") if value is not None else 0
    yield Seen(
        rule="upload-rn-blob", line=call.line, severity="harm", symptoms=_EMPTY,
        what="React Native's Blob holds no bytes that supabase-js can send, so the file arrives "
        "with 0 bytes; in a browser the same code works",
        do="an ArrayBuffer: await (await fetch(uri)).arrayBuffer(), with contentType given",
        edits=(Edit(start=at, end=at + len("blob()"), text="arrayBuffer()"),),
    )  # fmt: skip


def _taken(source: Source, call: Call) -> Iterator[Seen]:
    """A name that stays the same, and no leave to replace what has it."""
    put = call.link("upload")
    if put is None or not put.args or "upsert" in call.node.text:
        return
    name = put.args[0]
    held = declared(source.root, name.text, name) if name.kind == "identifier" else name
    said = literal(held) if held is not None else ""
    new = held is None or re.search(
        r"Date\.now|uuid|random|nanoid|timestamp", held.text, re.IGNORECASE
    )
    if not said or new or not source.told.says(_TAKEN):
        return
    options = put.args[2] if put.args[2:] else None
    edits: tuple[Edit, ...] = ()
    if options is not None and options.kind == "object" and options.parts:
        at = options.parts[-1].end
        edits = (Edit(start=at, end=at, text=", upsert: true"),)
    yield Seen(
        rule="upload-name-taken", line=call.line, severity="harm", symptoms=_TAKEN,
        what=f"the name {name.text[:40]} is the same each time, and upload() refuses a name that "
        "is taken",
        do="upsert: true, for which the policy of storage.objects must allow SELECT and UPDATE "
        "beside INSERT; or a new name for each file, which no cache shows the old picture of",
        edits=edits,
    )  # fmt: skip
