"""Rules of the Realtime Database, read and judged by their text.

They cascade, unlike Firestore's: a .read or .write that grants at a path grants all that is below
it, and no rule further down takes that back. Only .validate rules below a write still count.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from blueproof.engines.firebase_rules.finding import Finding

_RULES = re.compile(r"[\"']?rules[\"']?\s*:\s*\{")
_QUOTED_RULES = re.compile(r"[\"']rules[\"']\s*:\s*\{")  # not "here are our rules: {"
_STRING_OR_COMMENT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_COMMA = re.compile(r",(\s*[}\]])")
_ACCOUNT = re.compile(
    r"auth(?:\.uid)? ?!==? ?null|null ?!==? ?auth(?:\.uid)?|auth\.token ?!==? ?null"
)
_UNTIL = re.compile(r"now ?< ?\d+|\d+ ?> ?now")
# root.child('users').child(auth.uid).child('role').val(), and root.child('users/' + auth.uid + ...)
_PART = r"\.child\(\s*'(?P<{}>[\w/-]+)/?'\s*"
_ROLE = re.compile(
    r"root" + _PART.format("base") + r"(?:\)\s*\.child\(\s*auth\.uid\s*\)\s*"
    r"\.child\(\s*'(?P<field>[\w/-]+)'\s*\)"
    r"|\+\s*auth\.uid\s*\+\s*'/(?P<joined>[\w/-]+)'\s*\))\s*\.(?:val|exists)\("
)
# root.child('members/' + $room + '/' + auth.uid).exists(), and child by child
_MEMBER = re.compile(
    r"root\.child\(\s*'(?:(?P<joined>[\w/-]+)/'\s*\+\s*\$\w+\s*\+\s*'/'\s*\+\s*auth\.uid\s*\)"
    r"|(?P<base>[\w/-]+)'\s*\)\s*\.child\(\s*\$\w+\s*\)(?:\s*\.child\(\s*'\w+'\s*\))?"
    r"\s*\.child\(\s*auth\.uid\s*\))\s*\.(?:exists\(\)|val\(\)(?:\s*={2,3}\s*true|\s*!={1,2}\s*null)?)"
)
_OWN = re.compile(r"auth\.uid\s*={2,3}\s*\$\w+|\$\w+\s*={2,3}\s*auth\.uid")
_PUBLIC = re.compile(r"(?:^|/)(?:public\w*|published|config|version)(?:/|$)", re.IGNORECASE)
_SAID = {".read": "read", ".write": "write and delete"}


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A .read or .write with a condition at a path; the line counts from 1."""

    path: tuple[str, ...]
    kind: str
    condition: str
    line: int

    @property
    def at(self) -> str:
        """The path as people write it."""
        return "/" + "/".join(self.path)

    @property
    def whom(self) -> str:
        """Whom it lets through who is nobody in particular; "" where it asks more."""
        if self.condition == "true":
            return "anybody, without an account,"
        return "whoever has an account" if _ACCOUNT.fullmatch(self.condition) else ""


def pasted_database_rules(request: str) -> str:
    """The rules that stand in a text, as JSON; "" where there are none that can be read."""
    found = _QUOTED_RULES.search(request) or _RULES.search(request)
    if found is None or not re.search(r"[\"']\.(?:read|write|validate)[\"']", request):
        return ""
    end = _end(request, found.end())
    text = '{"rules": {' + request[found.end() : end] + "}"
    plain = _COMMA.sub(r"\1", _STRING_OR_COMMENT.sub(_without_comment, text))
    try:
        json.loads(plain)
    except ValueError:
        return ""
    return plain


def _without_comment(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else "\n" * found[0].count("\n")


def _end(text: str, start: int) -> int:
    """Where the brace before `start` is closed; braces in strings do not count."""
    depth, at = 1, start
    for token in re.finditer(r"\"(?:\\.|[^\"\\\n])*\"|[{}]", text[start:]):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        at = start + token.end()
        if depth == 0:
            return at
    return at


def judged_database_rules(text: str) -> tuple[Finding, ...]:
    """What rules, as JSON, let people do, in the order of their lines."""
    rules: dict[str, Any] = json.loads(text)["rules"]
    grants = tuple(_grants(rules, (), text.split("\n")))
    found = (
        *_open(grants),
        *_cascades(grants),
        *_promotions(grants, rules),
        *_joining(grants, rules),
        *_loose(grants, rules),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.line, each.id)))


def _grants(node: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> Iterator[Granted]:
    for key, value in node.items():
        if key in _SAID:
            condition = " ".join(str(value).split()) if value is not True else "true"
            yield Granted(path=path, kind=key, condition=condition,
                          line=_line(lines, key, condition))  # fmt: skip
        elif isinstance(value, Mapping):
            yield from _grants(value, (*path, key), lines)


def _line(lines: list[str], key: str, condition: str) -> int:
    held = (
        n for n, line in enumerate(lines, 1) if key in line and condition in " ".join(line.split())
    )
    return next(held, 1)


def _open(grants: tuple[Granted, ...]) -> Iterator[Finding]:
    """Rules that ask nothing, an account, or the date."""
    for each in grants:
        if _UNTIL.fullmatch(each.condition):
            yield Finding(
                id="test-rules", line=each.line,
                what=f"{each.at} is open to everybody until a date ({each.condition})",
                why="until then anybody may do it, from then on nobody: the app stops that day",
                do="write the rules of the app now and delete the date",
            )  # fmt: skip
        elif each.whom and not (each.kind == ".read" and _PUBLIC.search(each.at)):
            everything = "everything" if each.path else "the whole database"
            yield Finding(
                id="any-account" if "account" in each.condition or each.condition != "true"
                else "open-to-everybody",
                line=each.line,
                what=f"{each.whom} may {_SAID[each.kind]} {everything}"
                + (f" under {each.at}" if each.path else ""),
                why="anybody can make an account, and the database's address is in every copy of "
                "the app",
                do=_mend(each, grants),
            )  # fmt: skip


def _mend(each: Granted, grants: tuple[Granted, ...]) -> str:
    """What to ask instead: nothing at the root, else the membership that is asked around it."""
    if not each.path:
        return (
            f"delete {each.kind} at /: what no rule grants is refused; grant at each path by itself"
        )
    around = (
        g.condition for g in grants
        if _MEMBER.search(g.condition) and g.path == each.path[: len(g.path)]
    )  # fmt: skip
    asked = next(around, "")
    if asked:
        entry = "/$messageId" if each.kind == ".write" and not each.path[-1].startswith("$") else ""
        return f'ask the same at {each.at}{entry}: "{each.kind}": "{asked}", with a .validate'
    return (
        f'grant at the path of one person\'s data: "$uid": {{ "{each.kind}": "auth.uid === $uid" }}'
    )


def _joining(grants: tuple[Granted, ...], rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Memberships that decide, and into which people may write themselves."""
    for each in grants:
        for member in _MEMBER.finditer(each.condition):
            base = tuple((member["joined"] or member["base"]).strip("/").split("/"))
            for other in grants:
                if other.kind != ".write" or other.path[: len(base)] != base:
                    continue
                mine = _OWN.search(other.condition) or other.whom
                if (
                    mine
                    and not re.search(r"\b(?:root|data)\b", _validated(rules, other.path))
                    and (
                        not re.search(
                            r"\b(?:root|(?<!new)data)\b", other.condition.replace("newData", "")
                        )
                    )
                ):
                    yield Finding(
                        id="self-join", line=other.line,
                        what=f"whoever has an account may add themselves at {other.at}, and "
                        f"{each.kind} at {each.at} takes that for membership",
                        why="a stranger writes his own id there and is in",
                        do="let the server, or somebody who is in already, write it: "
                        f'".write": "{member[0]}", or ask for an invitation '
                        "that only they can make",
                    )  # fmt: skip


def _validated(rules: Mapping[str, Any], path: tuple[str, ...]) -> str:
    at: Any = rules
    for part in path:
        at = at[part]
    return str(at.get(".validate", "")) if isinstance(at, Mapping) else ""


def _cascades(grants: tuple[Granted, ...]) -> Iterator[Finding]:
    """Rules without effect, since one above grants the same already."""
    for inner in grants:
        for outer in grants:
            above = outer.path == inner.path[: len(outer.path)] and outer.path != inner.path
            if above and outer.kind == inner.kind and outer.whom and not inner.whom:
                yield Finding(
                    id="granted-anyway", line=inner.line,
                    what=f"{inner.kind} at {inner.at} has no effect: {outer.kind} at {outer.at} "
                    f"lets {outer.whom.rstrip(',')} in already",
                    why="rules cascade: what is granted above is never taken back below",
                    do=f"delete {outer.kind} at {outer.at}, and grant at each path by itself",
                )  # fmt: skip


def _promotions(grants: tuple[Granted, ...], rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Rights that are read from what people write themselves."""
    for each in grants:
        for role in _ROLE.finditer(each.condition):
            base = role["base"].strip("/").split("/")
            field = role["field"] or role["joined"]
            for other in grants:
                mine = other.kind == ".write" and (_OWN.search(other.condition) or other.whom)
                covers = other.path[: len(base) + 1]
                same = all(
                    p == b or p.startswith("$") for p, b in zip(covers, [*base, "$"], strict=False)
                )
                if (
                    mine
                    and same
                    and len(other.path) <= len(base) + 1
                    and not _kept(rules, base, field)
                ):
                    yield Finding(
                        id="self-promotion", line=other.line,
                        what=f".write at {other.at} leaves {field} to the person, and "
                        f"{each.kind} at {each.at} takes it for a right",
                        why=f"people set {field} of their own and have the right",
                        do=f'add at {field}: ".validate": "newData.val() === data.val()", and '
                        "write it from the server; or use custom claims (auth.token)",
                    )  # fmt: skip


def _kept(rules: Mapping[str, Any], base: list[str], field: str) -> bool:
    """Whether a .validate keeps a field as it is."""
    at: Any = rules
    for part in (*base, "$", *field.split("/")):
        if not isinstance(at, Mapping):
            return False
        wild = next((k for k in at if k.startswith("$")), "")
        at = at.get(part) if part in at else at.get(wild)
    said = str(at.get(".validate", "")) if isinstance(at, Mapping) else ""
    return said.lower() == "false" or bool(re.search(r"(?<![\w])data\b", said))


def _loose(grants: tuple[Granted, ...], rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Writes of one's own place that nothing checks."""
    for each in grants:
        at: Any = rules
        for part in each.path:
            at = at[part]
        if each.kind == ".write" and _OWN.search(each.condition) and ".validate" not in str(at):
            yield Finding(
                id="unchecked-write", line=each.line,
                what=f"no .validate below {each.at}: people write any field there, of any size",
                why="a role, credits or a plan that lies there is theirs to set",
                do='add .validate for each field, and "$other": { ".validate": false }',
            )  # fmt: skip
