"""What the text of one Convex function shows where no schema says whose its rows are.

A function that only asks whether somebody is signed in, and then changes the row that the call
names, changes anybody's. Source: https://docs.convex.dev/auth/functions-auth
"""

import re

_CHANGES = re.compile(r"\bctx\.db\.(?P<how>delete|patch|replace)\(\s*(?:args\.)?(?P<id>\w*[iI]d)\b")
_PRESENT = re.compile(r"!\s*identity\b|\bidentity\s*(?:===?|!==?)\s*(?:null|undefined)")
_IDENTITY = re.compile(r"\bidentity\b")
_MADE = re.compile(r"\bconst identity\s*=\s*await ctx\.auth\.getUserIdentity\(\)")
_HELPER = re.compile(
    r"\b(?!getUserIdentity)\w+\(\s*(?:ctx|\{\s*ctx)\b|\bctx\.run\w+\(|\bctx\.db\.get\("
)
_CLAIMED = re.compile(r"(?:!==?|===?)\s*(?:args\.)?(?P<a>(?:user|owner|author)Id)\b")
_NEXT = re.compile(r"^export\s", re.MULTILINE)
_NAME = {"delete": "deletes", "patch": "changes", "replace": "replaces"}


def function_text(code: str, line: int) -> str:
    """The code of the exported function that begins on a line, which counts from 1."""
    rest = "\n".join(code.split("\n")[line - 1 :])
    following = _NEXT.search(rest, 1)
    return rest[: following.start()] if following else rest


def changes_any_row(text: str) -> str:
    """What a signed-in user does to any row by it, such as "deletes"; "" where it is not sure.

    >>> changes_any_row('''const identity = await ctx.auth.getUserIdentity();
    ... if (!identity) throw new Error("no"); await ctx.db.delete(args.id);''')
    'deletes'
    """
    change = _CHANGES.search(text)
    if change is None or not _MADE.search(text) or _HELPER.search(text):
        return ""
    rest = _PRESENT.sub("", _MADE.sub("", text))
    return "" if _IDENTITY.search(rest) else _NAME[change["how"]]


def claimed_by_caller(text: str) -> str:
    """The argument by which the caller himself says who he is, such as "userId"; "" if none."""
    found = _CLAIMED.search(text)
    argued = found and re.search(rf"\b{found['a']}\s*:\s*v\.", text)
    return found["a"] if found and argued and not _MADE.search(text) else ""
