"""The lines of EXPLAIN's text: which begin a node or a property, and which go on from the last."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

KNOWN_NODE = re.compile(
    r"(?:Parallel |Async )*(?:Partial |Finalize )?"
    r"(?:(?:Seq|Index|Index Only|Bitmap Heap|Bitmap Index|Tid|Tid Range|Sample|Subquery|Function"
    r"|Table Function|Values|CTE|Named Tuplestore|WorkTable|Foreign|Custom) Scan"
    r"|Foreign (?:Insert|Update|Delete)|Nested Loop|(?:Hash|Merge)(?: \w+){0,2} Join|Merge Append"
    r"|Hash|HashSetOp|SetOp|MergeAppend|Sort|Incremental Sort|(?:Group|Hash|Mixed)?Aggregate|Group"
    r"|WindowAgg|Unique|Limit|LockRows|Materialize|Memoize|Result|ProjectSet|Append"
    r"|Recursive Union|BitmapAnd|BitmapOr|Gather Merge|Gather|Insert|Update|Delete|Merge"
    r"|Task|Distributed Subplan)\b"
)
PROPERTY = re.compile(
    r"(?:Filter|Index Cond|Recheck Cond|Hash Cond|Merge Cond|Join Filter|One-Time Filter|TID Cond"
    r"|Order By|Run Condition|Function Call|Table Function Call|Cache Key|Cache Mode|Remote SQL"
    r"|Conflict \w+(?: Indexes)?|Sampling|Repeatable Seed|Sort Key|Group Key|Hash Key|Presorted Key"
    r"|Output|Rows Removed by (?:Join )?(?:Filter|Index Recheck)|Heap Fetches|Index Searches"
    r"|Workers Planned|Workers Launched|Params Evaluated|Subplans Removed|Single Copy|Disk Usage"
    r"|Disabled|Storage|Window|Sort Method|Buckets|Batches|Planned Partitions|Hits|Heap Blocks"
    r"|Full-sort Groups?|Pre-sorted Groups?|Buffers|I/O Timings|WAL|Worker \d+|Tuples Inserted"
    r"|Conflicting Tuples|Inner Unique|Estimates|Join Type|Relations"
    r"|Planning|Planning Time|Planning time|Execution Time|Execution time|Total runtime"
    r"|JIT|Functions|Options|Timing|Trigger [^:]+(?::[^:]+)?|Settings|Query Identifier"
    r"|Serialization|Memory|Peak Memory Usage|Time|Query Text|Query Parameters|Tid Cond"
    r"|HashAgg Batches)(?= ?:)|Worker \d+ (?=\(actual)"
)
LABEL = re.compile(r"(?:InitPlan|SubPlan)(?: \S+)?(?: \(returns [^)]*\))?$|CTE (?!Scan)\S+$")
ARROW = re.compile(r"->\s{0,3}(?=[A-Z])")
OTHER_PROPERTY = re.compile(r"[A-Z][\w /()-]{1,40}:(?: |$)")
# Figures may be wrapped anywhere, so there may be a space after any letter.
_FIGURES = re.compile(
    r"\(\s*(?:"
    + "|".join(r"\s*".join(word) for word in ("cost=", "actual", "never", "rows="))
    + ")"
)
_BEGUN = re.compile(
    r"^(?:->)? *[A-Z][^()]*\((?:c|co|cos|cost|a|ac|act|actu|actua|actual\b|cost=).*$"
)
_HALF_TIME = re.compile(r"^(?:Planning|Execution) [Tt]ime ?: ?[\d.]*$|^Total runtime: ?[\d.]*$")
_LEAST_WRAPPED = 40  # characters; nobody wraps narrower


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that was put together again: where it begins, its indentation, its text."""

    number: int
    indent: int
    text: str

    @property
    def arrow(self) -> bool:
        """Whether it begins with the arrow of a node below another."""
        return bool(ARROW.match(self.text))

    @property
    def name(self) -> str:
        """The text without an arrow and without figures."""
        bare = ARROW.sub("", self.text, count=1) if self.arrow else self.text
        found = _FIGURES.search(bare)
        return bare[: found.start()].rstrip() if found else bare

    @property
    def figures(self) -> str:
        """Costs and actual figures without any space; "" where there are none."""
        found = _FIGURES.search(self.text)
        return re.sub(r"\s", "", self.text[found.start() :]) if found else ""

    @property
    def is_node(self) -> bool:
        """Whether it is a node: an arrow, or a node's name with figures."""
        return self.arrow or (bool(self.figures) and bool(KNOWN_NODE.match(self.text)))


def logical(physical: list[str]) -> Iterator[Line]:
    """The lines, each with those that were wrapped from it."""
    filled = [(at, line) for at, line in enumerate(physical, start=1) if line.strip()]
    costs = any("(cost=" in line for _, line in filled)
    width = _width([line for _, line in filled])
    current: Line | None = None
    last, gap = "", 0
    for number, line in filled:
        joins = (
            current and number == gap + 1 and _continues(current, line, last, width, costs=costs)
        )
        if current and joins:
            piece = line.rstrip() if len(last) >= width - 1 else f" {line.strip()}"
            current = Line(number=current.number, indent=current.indent,
                           text=current.text + piece)  # fmt: skip
        else:
            if current:
                yield current
            bare = line.strip()
            current = Line(number=number, indent=len(line) - len(line.lstrip()), text=bare)
        last, gap = line, number
    if current:
        yield current


def _width(lines: list[str]) -> int:
    """The width at which lines were wrapped: the largest, if several reach it."""
    longest = max((len(line) for line in lines), default=0)
    reach = sum(len(line) >= longest - 1 for line in lines)
    return longest if reach > 1 and longest >= _LEAST_WRAPPED else 10**9


def _continues(current: Line, line: str, last: str, width: int, *, costs: bool) -> bool:
    """Whether a line goes on from the current one."""
    bare = line.strip()
    if ARROW.match(bare):
        return False
    node, known = current.is_node or bool(_BEGUN.match(current.text)), PROPERTY.match(bare)
    begun = node or bool(PROPERTY.match(current.text))
    if re.match(r"\((?:cost|actual|never)", bare) or (
        begun and _open(current.text) and (node or not known)
    ):
        return True
    if known or LABEL.match(bare):
        return False
    if current.arrow and costs and not current.figures:
        return not OTHER_PROPERTY.match(bare)
    if KNOWN_NODE.match(bare):
        return False
    full = len(last) >= width - 1 and (begun or bool(OTHER_PROPERTY.match(current.text)))
    return full or bool(_HALF_TIME.match(current.text)) or _is_piece(current, bare)


def _is_piece(current: Line, bare: str) -> bool:
    """Whether both together begin a property, and the current one alone does not."""
    whole = PROPERTY.match(current.text + bare) or PROPERTY.match(f"{current.text} {bare}")
    return bool(whole) and not PROPERTY.match(current.text) and ":" not in current.text


def _open(text: str) -> bool:
    """Whether a parenthesis, a bracket or a quote is open at the end."""
    depth, quoted = 0, ""
    for sign in text:
        if quoted:
            quoted = "" if sign == quoted else quoted
        elif sign in "'\"":
            quoted = sign
        else:
            depth += (sign in "([") - (sign in ")]")
    return depth > 0
