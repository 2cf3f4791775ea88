"""Source files that a person hands over, and code within fences in their words.

Nothing of them is run. Their secrets are masked; a file beyond the bound is refused, since half a
file shows half of what it does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from blueproof.core.brief import Brief, Document
from blueproof.core.errors import InputError
from blueproof.intake.files import shown
from blueproof.intake.folder.walk import read_text, reason, walk
from blueproof.intake.pasted_code import is_convex_code, pasted_files, words_beside
from blueproof.sql.secrets import masked

MOST_BYTES = 256 * 1024
_MOST_FILES = 80  # of a folder, the near ones first
_SUFFIXES = frozenset(
    """.ts .tsx .js .jsx .mjs .cjs .mts .cts .py .go .rb .java .kt .kts .swift .dart .php .cs .scala
    .ex .exs .rs .vue .svelte""".split()
)
_READ = frozenset(".ts .tsx .js .jsx .mjs .cjs .mts .cts .py".split())
_NO_PART = re.compile(
    r"(?:^|/)(?:tests?|__tests__|e2e|scripts?|migrations?|stories|convex)/|\.d\.ts$|"
    r"\.(?:test|spec|stories|config|min)\.\w+$|(?:^|/)test_\w+\.py$|\.config\.\w+$"
)
_FENCE = re.compile(r"^[ \t]*```[ \t]*(?P<says>[\w.+/-]*)[^\n]*\n(?P<code>.*?)^[ \t]*```[ \t]*$",
                    re.MULTILINE | re.DOTALL)  # fmt: skip
_NAMES = {
    "ts": ".ts", "typescript": ".ts", "tsx": ".tsx", "js": ".js", "javascript": ".js",
    "jsx": ".jsx", "mjs": ".mjs", "node": ".js", "py": ".py", "python": ".py", "python3": ".py",
}  # fmt: skip
_LOOKS = re.compile(r"^\s*(?:import\b.*\bfrom\b|export\b|const \w+ =|async function|await )",
                    re.MULTILINE)  # fmt: skip
_OTHER = re.compile(r"\brules_version\b|\bcreate table\b|\bmatch /|^\s*select\b", re.IGNORECASE)
_NAMED = re.compile(r"^\s*(?://|#|/\*)\s*(?P<path>[\w./\[\]()-]+\.(?:tsx?|jsx?|mjs|cjs|py))\b")


def is_code(path: Path) -> bool:
    """Whether the name is that of a source file."""
    return path.suffix.lower() in _SUFFIXES


def is_script(path: str) -> bool:
    """Whether TypeScript compiles a file of that name."""
    return PurePosixPath(path).suffix.lower() in _READ - {".py"}


def with_code(brief: Brief, path: Path) -> Brief:
    """The brief with a source file; InputError where it is no text, or too long."""
    try:
        text = read_text(path.parent, path.name, MOST_BYTES)
    except (OSError, ValueError) as error:
        say = f"{shown(path)} cannot be read as source code ({reason(error)})"
        raise InputError(f"{say}: give a text file of at most {MOST_BYTES // 1024} kB") from None
    return with_code_text(brief, text, shown(path))


def with_code_text(brief: Brief, text: str, path: str) -> Brief:
    """The brief with the text of a source file, its secrets masked."""
    code = Document(role="code", text=masked(text), parts=((path, 1),))
    return replace(brief, documents=(*brief.documents, code))


def with_code_below(brief: Brief, folder: Path) -> Brief:
    """The brief with the source files of a folder that run; what cannot be read is passed by."""
    names = [n for n in walk(folder).files if PurePosixPath(n).suffix.lower() in _READ]
    found = []
    for name in [n for n in names if not _NO_PART.search(n)][:_MOST_FILES]:
        try:
            text = read_text(folder, name, MOST_BYTES)
        except (OSError, ValueError):
            continue
        found.append(Document(role="code", text=masked(text), parts=((name, 1), (name, 1))))
    return replace(brief, documents=(*brief.documents, *found))


def is_of_folder(document: Document) -> bool:
    """Whether a source file was met in a folder, and not handed over by itself."""
    return len(document.parts) > 1


def pasted_code(request: str) -> tuple[Document, ...]:
    """The code of a request that is a script or Python, by the name that it bears.

    Code stands within fences; that of Convex is known without.
    """
    if "```" in request and (found := tuple(_pasted(request))):
        return found
    if not is_convex_code(request):
        return ()
    files = pasted_files(request).items()
    return tuple(Document(role="code", text=masked(t), parts=((p, 1),)) for p, t in files)


def _pasted(request: str) -> Iterator[Document]:
    for at, found in enumerate(_FENCE.finditer(request), 1):
        says, code = found["says"].lower(), found["code"]
        suffix = _NAMES.get(says, "")
        if not suffix and not says and _LOOKS.search(code) and not _OTHER.search(code):
            suffix = ".tsx"
        named = _NAMED.match(code)
        path = named["path"] if named else f"pasted{at if at > 1 else ''}{suffix}"
        if suffix or named:
            yield Document(role="code", text=masked(code), parts=((path, 1),))


def without_code(request: str) -> str:
    """The words of a request without the code in it."""
    if "```" in request:
        return _FENCE.sub(" ", request).strip()
    return words_beside(request) if is_convex_code(request) else request
