"""Functions of Convex: whole tables read, rows that all write, and what a kind of function cannot.

A query or mutation is one transaction: what it has read counts, so a mutation that read a whole
table is run again whenever anybody adds to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.code.slow import kind_of
from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, links
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    function_of,
    functions_of,
    is_statement,
    literal,
    loop_of,
    over_of,
)

_KINDS = re.compile(r"(?i)^(?:internal|\w*?)(?P<kind>query|mutation|action)$")
_CONVEX = re.compile(r"_generated/(?:server|api)|\bctx\.db\b|\bctx\.run(?:Query|Mutation|Action)\b")
_CONFLICTS = (
    r"\bOCC\b|conflict|changed while|retr(?:y|ies)|optimistic|contention|per second|a second|viral|"
    r"at once|concurren|busy|peak"
)
_READS = (
    r"slow|reads?\b|bandwidth|bytes|bill|costs?|limit|too many|scan|timeout|timed? out|quota|"
    r"grow|expensive|database i/?o"
)
_GROWS = re.compile(
    r"messages?|events?|logs?|posts?|comments?|notifications?|activit\w+|history|likes?|views?|"
    r"transactions?|orders?|readings?|users?|votes?|entries|items|tasks|documents|jobs",
    re.IGNORECASE,
)
_ENDS = frozenset({"collect", "first", "unique", "take", "paginate"})
_WRITES = re.compile(r"ctx\.db\.(?:insert|patch|replace|delete)")
_SENT = re.compile(
    r"ctx\.(?:db\.(?:insert|patch|replace|delete)|scheduler\.\w+|run(?:Mutation|Action|Query)|"
    r"storage\.delete)"
)
_EQUAL = re.compile(
    r"q\.eq\(\s*q\.field\(\s*['\"](?P<field>\w+)['\"]\s*\)\s*,\s*(?P<value>[\w.!?]+)\s*\)"
)
_BY_ITSELF = frozenset({"_id", "_creationTime"})
_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class _Handler:
    """A function of Convex: query, mutation or action, and the name it is exported by."""

    kind: str
    name: str
    function: Node


def is_convex(source: Source) -> bool:
    """Whether a file holds functions of Convex."""
    return source.language == "script" and bool(_CONVEX.search(source.text))


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the functions of Convex in a file."""
    if not is_convex(source):
        return
    for call in source.calls:
        made = _handler_of(call.node)
        if made is None:
            continue
        yield from _unindexed(source, call, made)
        yield from _collected(source, call, made)
        yield from _hot(source, call, made)
        yield from _forbidden(call, made)
        yield from _unawaited(call)
        yield from _dies(source, call, made)


def _handler_of(node: Node) -> _Handler | None:
    for function in functions_of(node):
        for above in function.above():
            if above.kind == "call_expression":
                named = _KINDS.match(links(above)[-1].name)
                if named and function.kind in {"arrow_function", "function_expression",
                                               "method_definition"}:  # fmt: skip
                    held = above.parent
                    name = held.child("name") if held is not None else None
                    return _Handler(kind=named["kind"].lower(), function=function,
                                    name=name.text if name else "it")  # fmt: skip
                break
            if above.kind not in {"arguments", "object", "pair"}:
                break
    return None


def _table(call: Call) -> str:
    """The table that ctx.db.query() reads; "" where the call is no such read."""
    held = call.link("query")
    if held is None or not re.match(r"(?:\w+\.)?db\.query\b", call.name) or not held.args:
        return ""
    return literal(held.args[0])


def _unindexed(source: Source, call: Call, made: _Handler) -> Iterator[Seen]:
    """A filter that is applied to rows after all were read."""
    table, kept = _table(call), call.link("filter")
    if not table or kept is None or not kept.args or call.link("withIndex", "withSearchIndex"):
        return
    many = _rows(source, table)
    sums = f"{amount(many)} rows read for each call" if many else ""
    fields = [(m["field"], m["value"]) for m in _EQUAL.finditer(kept.args[0].text)]
    fields = [pair for pair in fields if pair[0] not in _BY_ITSELF]
    again = ""
    if made.kind == "mutation":
        again = (
            f"; and since {made.name} has then read all of {table}, each row that anybody adds or "
            "changes there meanwhile makes it run again, until its tries are used up"
        )
    yield Seen(
        rule="cx-filter-scan", line=call.line, severity="harm", sums=sums,
        symptoms=f"{_CONFLICTS}|{_READS}",
        what=f"filter() is applied after the whole table {table} was read: it uses no index{again}",
        do=_indexed(table, fields),
        edits=_with_index(call, fields),
    )  # fmt: skip


def _rows(source: Source, table: str) -> float | None:
    """How many rows of a table are told: not how many come in a second."""
    name = re.escape(table.lower().rstrip("s"))
    if re.search(rf"{name}\w*\s*(?:per|an?|each|every|/)\b", source.words, re.IGNORECASE):
        return source.told.of("row", "document")
    return source.told.of(table.lower().rstrip("s"), "row", "document")


def _index(fields: list[tuple[str, str]]) -> str:
    return "by_" + "_and_".join(field for field, _ in fields)


def _indexed(table: str, fields: list[tuple[str, str]]) -> str:
    if not fields:
        return f"an index on {table} in convex/schema.ts, and .withIndex() with a range of it"
    names = ", ".join(f'"{field}"' for field, _ in fields)
    eq = "".join(f'.eq("{field}", {value})' for field, value in fields)
    return (
        f'in convex/schema.ts .index("{_index(fields)}", [{names}]) on {table}, then '
        f'.withIndex("{_index(fields)}", (q) => q{eq}) in place of the filter'
    )


def _with_index(call: Call, fields: list[tuple[str, str]]) -> tuple[Edit, ...]:
    """withIndex() in place of a filter that only compares for equality."""
    at = next((i for i, k in enumerate(call.links) if k.name == "filter"), 0)
    link = call.links[at]
    given = link.args[0] if link.args else None
    body = given.child("body") if given is not None else None
    if not fields or body is None or call.links[at - 1].name != "query":
        return ()
    left = re.sub(r"\bq\.and\(|[\s(),]", "", _EQUAL.sub("", body.text))
    if left:
        return ()
    eq = "".join(f'.eq("{field}", {value})' for field, value in fields)
    start = link.node.text.rindex(
        "filter(", 0, len(link.node.text) - len(given.text if given else "")
    )
    begin = link.node.start + start
    text = f'withIndex("{_index(fields)}", (q) => q{eq})'
    return (Edit(start=begin, end=link.node.end, text=text),)


def _collected(source: Source, call: Call, made: _Handler) -> Iterator[Seen]:
    """collect() of what has no end."""
    table = _table(call)
    if not table or call.last != "collect" or call.link("filter", "withSearchIndex"):
        return
    index = call.link("withIndex")
    ranged = index is not None and len(index.args or ()) > 1
    if ranged and not _GROWS.search(table):
        return
    many = _rows(source, table)
    counted = re.search(rf"{re.escape(call.node.text)}\)?\.length", source.text)
    of = f"all rows of {table} that the index range holds" if ranged else f"the whole table {table}"
    again = "; every row added there makes it run again" if made.kind == "mutation" else (
        "; and each change among them runs it again for everybody who subscribes"
        if made.kind == "query" else "")  # fmt: skip
    shown = _shown(made)
    more = _beside(source, call, made)
    do = f".take({_PAGE}), or .paginate(args.paginationOpts) with usePaginatedQuery on the screen"
    batch = made.kind == "mutation" and _writes_each(source, call, made)
    if batch:
        do = (
            "one batch each time: const page = await ctx.db.query(...).paginate({ cursor, "
            f"numItems: 500 }}), then ctx.scheduler.runAfter(0, internal.FILE.{made.name}, {{ "
            "cursor: page.continueCursor }) until page.isDone; better still reset nothing: keep "
            "the day beside the value, and take a value of another day as 0"
        )
    elif counted:
        do = "keep the number in a row of its own (@convex-dev/aggregate or sharded-counter)"
    elif shown and ranged:
        do = f"{_ordered(made)}.take({shown[0]}) in place of collect(), the sort and the slice"
    elif not ranged:
        do = f".withIndex() with a range and {do}"
    told = ranged and not source.told.says(_READS)
    yield Seen(
        rule="cx-collect-all", line=call.line, severity="risk" if told else "harm",
        symptoms=f"{_READS}|{_CONFLICTS}" if made.kind == "mutation" else _READS,
        what=f"collect() reads {of}{more}{f', to give back {shown[0]}' if shown else ''}{again}",
        sums=_over(many, writes=batch),
        do=do,
        edits=_taken(call, made) if shown and ranged else (),
    )  # fmt: skip


def _writes_each(source: Source, call: Call, made: _Handler) -> bool:
    """Whether each row that was read is written too."""
    return any(
        _WRITES.match(c.name) and c.node.start > call.node.end and loop_of(c.node) is not None
        for c in source.within(made.function)
    )


def _over(many: float | None, *, writes: bool) -> str:
    """How many rows that is, against what a transaction takes."""
    if not many:
        return ""
    most = f"{amount(many)} rows read each time it runs; a transaction of Convex reads 32,000"
    return f"{most} and writes 16,000 at most" if writes else f"{most} at most"


def _shown(made: _Handler) -> tuple[str, ...]:
    """How many of what was read are given back, where a slice says so."""
    found = re.search(r"\.slice\(0,\s*(\d+)\)", made.function.text)
    return (found[1],) if found else ()


def _ordered(made: _Handler) -> str:
    """The order of an index that does what a sort by the time of creation does."""
    newest = re.search(r"sort\(\(?(\w+),\s*(\w+)\)?\s*=>\s*\2\._creationTime", made.function.text)
    return '.order("desc")' if newest else ""


def _beside(source: Source, call: Call, made: _Handler) -> str:
    """What is read besides for each of them."""
    inner = [c for c in source.within(made.function) if re.match(r"ctx\.db\.(?:get|query)", c.name)
             and c.node.start > call.node.end and loop_of(c.node) is not None]  # fmt: skip
    return f", and one more row for each (line {inner[0].line})" if inner else ""


def _taken(call: Call, made: _Handler) -> tuple[Edit, ...]:
    """As many as are given back, in the order of the index, in place of all."""
    sort = re.search(r"\.sort\(", made.function.text)
    order = _ordered(made)
    if (sort and not order) or call.link("order"):
        return ()
    at = call.links[-1].node.end
    text = f"{order}.take({_shown(made)[0]})"
    start = call.node.source.rindex("collect(", call.node.start, at) - 1
    return (Edit(start=start, end=at, text=text),)


def _hot(source: Source, call: Call, made: _Handler) -> Iterator[Seen]:
    """A number of one row that every call counts up."""
    if made.kind != "mutation" or not re.fullmatch(r"ctx\.db\.(?:patch|replace)", call.name):
        return
    if not call.args[1:] or not source.told.says(_CONFLICTS):
        return
    added = re.search(r"(?P<field>\w+)\s*:\s*[\w.!?()\s]*\b\w+[!?]?\.\w+[^,}]*[+-]\s*[\w.]+",
                      call.args[1].text)  # fmt: skip
    if added is None:
        return
    rate = re.search(r"(\d+)\s*(?:\w+\s+)?(?:per|a|/)\s?s(?:ec(?:ond)?)?\b", source.words)
    sums = f"{rate[1]} a second are {rate[1]} changes of one row a second" if rate else ""
    field = added["field"]
    yield Seen(
        rule="cx-hot-row", line=call.line, severity="harm", symptoms=_CONFLICTS, sums=sums,
        what=f"each call of {made.name} reads {field} and writes it back to the same row, so of "
        "those at once one gets through and the rest run again; the number is never wrong, but "
        "calls fail",
        do=f"take {field} out of this row: the Sharded Counter component "
        "(@convex-dev/sharded-counter: await counter.inc(ctx, id)) spreads it over many, or insert "
        "a row for each and let a cron add them up every few seconds",
    )  # fmt: skip


def _forbidden(call: Call, made: _Handler) -> Iterator[Seen]:
    """What a function of this kind cannot do, or what makes it answer with what is old."""
    if made.kind == "action" and re.match(r"ctx\.db\.", call.name):
        yield Seen(
            rule="cx-db-in-action", line=call.line, severity="harm", symptoms=r"undefined|error",
            what="an action has no ctx.db: this throws",
            do="ctx.runQuery / ctx.runMutation of an internal function that does it",
        )  # fmt: skip
    if made.kind != "action" and call.name == "fetch":
        yield Seen(
            rule="cx-fetch-in-transaction", line=call.line, severity="harm",
            symptoms=r"fetch|error|fails?|action",
            what=f"a {made.kind} cannot call fetch(): it runs as a transaction that may be run "
            "again, and Convex throws here",
            do="write what is to be done, then await ctx.scheduler.runAfter(0, internal.x.send, "
            "{ id }), an internalAction that calls out",
        )  # fmt: skip
    if made.kind == "query" and call.name in {"Date.now", "new Date"} and not call.args:
        yield Seen(
            rule="cx-now-in-query", line=call.line,
            symptoms=r"stale|old|not updat|expired|refresh|cache|still shows?|reads?\b|bandwidth",
            what="a query is not run again because time goes by: with Date.now() in it, what has "
            "expired stays on the screen, and its cache is used less",
            do="give it the time as an argument, rounded to the minute, or let a scheduled "
            "mutation set a flag that the query reads",
        )  # fmt: skip


def _unawaited(call: Call) -> Iterator[Seen]:
    parent = call.node.parent
    bare = parent is not None and parent.kind == "expression_statement"
    if not bare or not is_statement(call.node) or not _SENT.match(call.name):
        return
    near = function_of(call.node)
    waits = near is not None and any(c.kind == "async" for c in near.children)
    yield Seen(
        rule="cx-unawaited", line=call.line, severity="harm",
        symptoms=r"sometimes|never|missing|not (?:saved|updated|sent|written)|lost|random",
        what=f"{call.name} is not awaited: the function may end before it is done, and an error of "
        "it is seen by nobody",
        do=f"await {call.name}(...)",
        edits=(Edit(start=call.node.start, end=call.node.start, text="await "),) if waits else (),
    )  # fmt: skip


def _dies(source: Source, call: Call, made: _Handler) -> Iterator[Seen]:
    """A call to another service whose failure ends a run over many in the middle."""
    loop = loop_of(call.node)
    if made.kind != "action" or loop is None or not kind_of(call) or call.name.startswith("ctx."):
        return
    if any(n.kind == "try_statement" and loop.holds(n) for n in call.node.above()):
        return
    over = over_of(loop)
    before = [c for c in source.within(loop) if c.node.end < call.node.start
              and re.match(r"ctx\.runMutation$", c.name)]  # fmt: skip
    stays = (
        f"; what line {before[-1].line} wrote of this one stays as it is, so no later run takes it"
        if before else ""
    )  # fmt: skip
    yield Seen(
        rule="cx-action-dies", line=call.line, severity="risk",
        symptoms=r"never|missing|stuck|some|stays?|lost|not (?:all|sent)|twice|double",
        what=f"where this throws (network, time limit) the run over {over.text if over else 'all'} "
        f"ends here, and Convex does not run an action again{stays}",
        do="try { ... } catch around the call of one, which marks that one as failed and goes on; "
        "and a cron that takes up again what has been under way for over 10 minutes",
    )  # fmt: skip
