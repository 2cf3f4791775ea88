"""Plans in what a person hands over: in the words of a request, in files, on standard input."""

import re
from dataclasses import replace
from pathlib import Path

from blueproof.core.brief import Brief, Document
from blueproof.core.errors import SqlError
from blueproof.intake.files import read_sql, shown
from blueproof.sql.plans.lines import KNOWN_NODE, PROPERTY
from blueproof.sql.plans.looks import looks_like_plan
from blueproof.sql.secrets import masked_words

SUFFIXES = frozenset({".txt", ".plan", ".log", ".out", ".md", ".json", ".yaml", ".yml", ".xml",
                      ".csv", ".explain", ""})  # fmt: skip
PLAN = "plan.txt"  # as it lies in the folder of an answer
ASKED = "Why is this query slow?"
_MOST_BYTES = 20 << 20
_LOOKED_AT = 400_000  # characters of a file, in which a plan shows itself
_FENCED = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
# A node whose figures stand on the next line, as people wrap them.
_BROKEN = re.compile(
    r"(\b(?:Scan(?: Backward)? using [\w\"]+ on|Scan on) [\w.\"]+(?: \w+)?)[ \t]*\n[ \t]*"
    r"(?=\((?:actual |cost=))"
)
_SHAPE = re.compile(
    r'^\s*(?:[\[\]{}]|"+[A-Z][\w /-]*"+\s*:|</?[\w:-]+[ >]|- |[A-Z][\w /-]+:\s|\(\d+ rows?\)'
    r"|-{4,}|QUERY PLAN)"
)


def with_plan(brief: Brief, text: str, path: str = "") -> Brief:
    """The brief with a plan, its secrets masked; `path` is where it stands."""
    parts = ((path, 1),) if path else ()
    return replace(
        brief,
        documents=(*brief.documents, Document(role="plan", text=masked_words(text), parts=parts)),
    )


def divided(request: str) -> tuple[str, str]:
    """The words of a request, and the plan that was pasted into it; "" where there is none."""
    request = _BROKEN.sub(r"\1 ", request)
    if not looks_like_plan(request):
        return request, ""
    fenced = next((f for f in _FENCED.finditer(request) if looks_like_plan(f[2])), None)
    if fenced:
        return _words(request[: fenced.start()], request[fenced.end() :]), fenced[2]
    lines = request.split("\n")
    of_plan = [at for at, line in enumerate(lines) if _is_of_plan(line)]
    if not of_plan:  # it is quoted in the midst of a sentence
        return request, ""
    first, last = of_plan[0], of_plan[-1]
    plan = "\n".join(lines[first : last + 1])
    words = _words("\n".join(lines[:first]), "\n".join(lines[last + 1 :]))
    if words != ASKED and not _is_readable(plan):  # words about a plan, and a few of its lines
        return request, ""
    return words, plan


def _is_readable(plan: str) -> bool:
    from blueproof.sql.plans.read import read_plans

    try:
        return bool(read_plans(plan))
    except SqlError:
        return False


def _words(before: str, after: str) -> str:
    return "\n".join(part for part in (before.strip(), after.strip()) if part) or ASKED


def _is_of_plan(line: str) -> bool:
    """Whether the line is one of a plan's, by its look."""
    bare = line.strip(" \t|\"'+>\u00a0")
    node = bare.startswith("->") or bool(KNOWN_NODE.match(bare) and "(" in bare)
    return node or bool(PROPERTY.match(bare) and ":" in bare) or bool(_SHAPE.match(line))


def plan_in(path: Path) -> str:
    """The text of a file that holds a plan; "" where it holds none."""
    if path.suffix.lower() not in SUFFIXES or path.stat().st_size > _MOST_BYTES:
        return ""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if not looks_like_plan(start.decode("utf-8", errors="replace")):
        return ""
    return read_sql(path, option=str(path))


def read_plan_file(path: Path) -> Brief:
    """The brief of a plan in a file, or on standard input where the path is "-"."""
    text = read_sql(path, option="plan")
    named = "standard input" if str(path) == "-" else shown(path)
    return with_plan(Brief(request=""), text, named)
