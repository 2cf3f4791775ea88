"""Code of a Convex back end that was pasted into the words of a request, as files."""

import re

_MADE = re.compile(
    r"\bexport\s+const\s+\w+\s*=\s*(?:query|mutation|action|internal(?:Query|Mutation|Action))\s*\("
)
_NAMED = re.compile(
    r"^[ \t]*(?://|#|/\*)?[ \t]*(?:convex/)?(?P<path>[\w-]+\.tsx?)\b[^\n]*$", re.MULTILINE
)
_CODE = re.compile(r"^[ \t]*(?:import\b|export\b|const\b|//\s*convex/)", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w ]*$", re.MULTILINE)
_FILE = "pasted.ts"


def is_convex_code(request: str) -> bool:
    """Whether functions of Convex stand in a request.

    >>> is_convex_code("export const list = query({ handler: async (ctx) => ctx.db.query('a') });")
    True
    """
    return "ctx" in request and bool(_MADE.search(request))


def pasted_files(request: str) -> dict[str, str]:
    """The files of a convex/ folder by name, as comments name them; code without a name is one."""
    text = _FENCE.sub("", request)
    first = _CODE.search(text)
    if first is None:
        return {}
    found: dict[str, str] = {}
    name, at = _FILE, first.start()
    for mark in _NAMED.finditer(text):
        if (
            mark.start() >= at
            and mark["path"]
            and not mark[0].lstrip().startswith(("import", "export"))
        ):
            found[name] = found.get(name, "") + text[at : mark.start()]
            name, at = mark["path"], mark.end()
    found[name] = found.get(name, "") + _before_prose(text[at:])
    return {path: code for path, code in found.items() if code.strip()}


def words_beside(request: str) -> str:
    """The words of a request before and behind the code of Convex that stands in it unfenced."""
    first = _CODE.search(request)
    if first is None:
        return request
    code = _before_prose(request[first.start() :])
    return f"{request[: first.start()]} {request[first.start() + len(code) :]}".strip()


def _before_prose(code: str) -> str:
    """The code up to its last closing line: a question may follow it."""
    end = max(code.rfind("});"), code.rfind("})\n"), code.rfind("};"))
    return code[: end + 3] + "\n" if end >= 0 else code
