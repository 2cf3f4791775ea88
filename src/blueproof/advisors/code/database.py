"""The database in a file: connections, transactions, statements in loops, and SQL put together."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.slow import kind_of
from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.advisors.code.told import amount
from blueproof.syntax.calls import Call, is_awaited
from blueproof.syntax.node import Node
from blueproof.syntax.places import (
    FUNCTIONS,
    function_of,
    functions_of,
    identifiers,
    is_parallel,
    literal,
    loop_of,
    name_of,
    over_of,
    statement_of,
)

_OPENS = re.compile(
    r"new (?:\w+\.)?(?:Pool|Client|PrismaClient|MongoClient|Sequelize|DataSource|Redis)|"
    r"(?:mysql2?|mysql\.promise)\.create(?:Pool|Connection)|mongoose\.connect|(?:psycopg2?|pymysql|MySQLdb|mysql\.connector)\.connect|"
    r"asyncpg\.(?:connect|create_pool)|create_(?:async_)?engine|postgres"
)
_ONCE = re.compile(r"^(?:create|make|get|init|build|connect|constructor|main|open|setup|db|pool)",
                   re.IGNORECASE)  # fmt: skip
_ROOTS = re.compile(
    r"^(?:prisma|db|pool|client|conn\w*|knex|supabase|admin|sql|session|tx|trx|cursor|cur|"
    r"database|em|repo\w*|\w+Repository|[A-Z]\w*)$"
)
_ASKS = frozenset({
    *("query", "execute", "findUnique", "findFirst", "findOne", "findMany", "count", "findById"),
    *("fetchrow", "fetchval", "fetchone", "fetch", "single", "maybeSingle", "select", "eq"),
    *("create", "update", "upsert", "delete", "insert", "aggregate", "fetchall", "updateOne"),
    *("findUniqueOrThrow", "insertOne", "execute_many", "find", "returning", "where", "sum"),
    *("first", "toArray", "exec", "findFirstOrThrow", "populate", "lean"),
})  # fmt: skip
_MINUTE = 60_000  # ms; longer is no answer any more
_OF_A_CLASS = 2  # names: this.orders.find is a store's, this.find the class's own
_AT_ONCE = (
    ("prisma", "include / select with _count in the first findMany, or findMany({ where: { id: "
     "{ in: ids } } }) and a Map"),
    ("typeorm", "relations: { items: true } in the first find, or find({ where: { id: In(ids) } }) "
     "and a Map"),
    ("knex", ".whereIn('id', ids) with groupBy before the loop, and a Map"),
    ("drizzle", "with: { ... } of the relational query, or where(inArray(table.id, ids)) and a "
     "Map"),
    ("supabase", "the rows below in the first select ('id, items(*)'), or .in('id', ids) and a "
     "Map"),
    ("mongo", "find({ _id: { $in: ids } }) and a Map, or $lookup"),
    ("django", "select_related / prefetch_related, or in_bulk(ids)"),
    ("sqlalchemy", "selectinload(...), or where(Model.id.in_(ids)) and a dict"),
    ("", "WHERE id = ANY($1) (or a JOIN) before the loop, and look each up in a Map; write once "
     "with UPDATE ... FROM unnest($1::..., $2::...)"),
)  # fmt: skip
_BEGUN = re.compile(r"^\s*(?:begin|start transaction)\b", re.IGNORECASE)
_ENDED = re.compile(r"^\s*(?:commit|rollback|end)\b", re.IGNORECASE)
_IN_ONE = frozenset({"$transaction", "transaction", "runTransaction", "begin", "withTransaction"})
_SLOW = r"slow|takes|seconds|\d ?(?:ms|s)\b|times? ?out|latency|load|n\+1|heavy"


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with the way a file uses its database."""
    yield from lazily_read(source)
    looped: set[int] = set()
    for call in source.calls:
        yield from _opened(source, call)
        yield from _in_transaction(source, call)
        yield from _scanned(source, call)
        loop = loop_of(call.node)
        if loop is not None and loop.start not in looped and _is_asked(source, call):
            looped.add(loop.start)
            yield _in_loop(source, call, loop)


def _opened(source: Source, call: Call) -> Iterator[Seen]:
    around = list(functions_of(call.node))
    if not _OPENS.fullmatch(call.name) or not around or "firestore" in source.text:
        return
    if call.name == "postgres" and not re.search(r"from ['\"]postgres['\"]", source.text):
        return
    handler = source.handler_of(call.node)
    if handler is None and (_ONCE.match(name_of(around[0])) or source.language == "python"):
        return
    kept = re.search(r"\?\?=|global(?:This)?\b|\|\|=|if \(!", around[0].text[:2000])
    if kept:
        return
    many = source.told.of("concurrent", "parallel", "instance", "request", "invocation")
    most = source.told.of("max_connections", "connection")
    limit = re.search(r"max_connections\D{0,12}(\d+)", source.words)
    most = float(limit[1]) if limit else most
    size = re.search(r"\bmax:\s*(\d+)", call.node.text)
    single = re.search(r"connect$|Connection$|new (?:\w+\.)?Client$", call.name)
    each = f"a pool with up to {size[1]} connections" if size else "connections of its own"
    each = "a connection of its own" if single else each
    ended = re.search(r"\.(?:close|end|disconnect|\$disconnect|destroy)\(", around[0].text)
    each += " and ends it again, a handshake each time" if ended else " and never ends it"
    sums = ""
    if many:
        sums = f"{amount(many)} at once open at least {amount(many)} connections"
        sums += f" where the server allows {amount(most)}" if most and most < many else ""
    yield Seen(
        rule="db-client-per-request", line=call.line, severity="harm", sums=sums,
        symptoms=r"too many|connections?|clients|max_connections|53300|slow|cold",
        what=f"{call.name.removeprefix('new ')} is made within the handler, so every request opens "
        f"{each}",
        do="make it once outside the handler with max: 1 an instance, and put a pooler between "
        "(RDS "
        "Proxy, PgBouncer, Supavisor in transaction mode) where instances are many",
        edits=_taken_out(call),
    )  # fmt: skip


def _taken_out(call: Call) -> tuple[Edit, ...]:
    """The statement put before the handler, where it needs nothing of it."""
    held = statement_of(call.node)
    outer = next((f for f in reversed(list(functions_of(call.node)))), None)
    if held.kind != "lexical_declaration" or outer is None:
        return ()
    inner = {n for a in call.args for n in identifiers(a)}
    local = {n.text for n in outer.walk() if n.kind == "identifier" and n.parent is not None
             and n.parent.kind in {"variable_declarator", "formal_parameters",
                                   "required_parameter"} and n.role != "value"}  # fmt: skip
    if inner & local:
        return ()
    top = outer
    while top.parent is not None and top.parent.kind != "program":
        top = top.parent
    end = held.end + (held.source[held.end : held.end + 1] == "\n")
    start = held.source.rfind("\n", 0, held.start) + 1
    text = re.sub(r"\bmax:\s*\d+", "max: 1", held.text)
    why = "// One for each instance, however many requests it serves.\n"
    return (
        Edit(start=top.start, end=top.start, text=f"{why}{text}\n\n"),
        Edit(start=start, end=end, text=""),
    )


def _in_transaction(source: Source, call: Call) -> Iterator[Seen]:
    kind = kind_of(call)
    function = function_of(call.node)
    if not kind or function is None:
        return
    begun = _transaction_at(source, call)
    if begun is None:
        return
    locks = re.search(r"for\s+update", function.text, re.IGNORECASE)
    yield Seen(
        rule="db-call-in-transaction", line=call.line, severity="harm",
        symptoms=r"hang|wait|lock|block|slow|stuck|idle in transaction|now and then|timeout",
        what=f"{kind} within the transaction begun on line {begun}: as long as that takes, its "
        + ("locked rows and its " if locks else "locks and its ")
        + "connection are held, and all that want them wait",
        do="commit first what is to be done (a row 'pending' with an idempotency key), make the "
        "call outside, and write its result in a second transaction; and give it a timeout",
    )  # fmt: skip


def _transaction_at(source: Source, call: Call) -> int | None:
    """The line on which the transaction around a call begins."""
    for other in source.calls:
        if other.last in _IN_ONE and any(a.kind in FUNCTIONS and a.holds(call.node)
                                         for a in other.args):  # fmt: skip
            return other.line
    for node in call.node.above():
        if node.kind == "with_statement" and re.search(
            r"(?:transaction|atomic|begin)\(", node.text.partition("\n")[0]
        ):
            return node.line
    function = function_of(call.node)
    if function is None:
        return None
    begun = None
    for other in source.within(function):
        if other.node.start > call.node.start:
            break
        said = literal(other.args[0]) if other.args else ""
        if _BEGUN.match(said):
            begun = other.line
        elif _ENDED.match(said):
            begun = None
    return begun


def _is_asked(source: Source, call: Call) -> bool:
    held = call.links[0].name in {"this", "self"} and len(call.links) > _OF_A_CLASS
    if call.last not in _ASKS or not (held or _ROOTS.match(call.root)):
        return False
    if "firestore" in source.text.lower():
        return False
    if call.root in {"Math", "JSON", "Promise", "Object", "Array", "Date"}:
        return False
    held_over = over_of(loop) if (loop := loop_of(call.node)) is not None else None
    if held_over is not None and "Records" in held_over.text:
        return False  # a batch of a queue, of which each stands for itself
    left = loop.child("left") if loop is not None else None
    if left is not None and call.args and call.args[0].text in left.text.split():
        return False  # statements that are run one after the other, each another
    waited = is_awaited(call.node) or source.language == "python"
    returned = call.node.parent is not None and call.node.parent.kind in {
        "arrow_function", "return_statement", "array"}  # fmt: skip
    return waited or returned


def _in_loop(source: Source, call: Call, loop: Node) -> Seen:
    inner = [c for c in source.within(loop) if _is_asked(source, c) and loop_of(c.node) is loop]
    over = over_of(loop)
    of = f"each of {over.text[:40]}" if over is not None else "each round"
    many = (
        source.told.of("post", "item", "row", "order", "product", "record", "comment")
        or source.told.many()
    )
    away = source.told.milliseconds()
    total = (many or 0) * len(inner)
    sums = ""
    if many and away and total * away < _MINUTE:
        sums = (f"{amount(many)} x {len(inner)} = {amount(total)} statements x {away:g} ms = "
                f"{total * away / 1000:.1f} s of waiting")  # fmt: skip
    elif many:
        sums = f"{amount(many)} x {len(inner)} = {amount(total)} round trips"
    waits = "all waiting for the few connections of the pool"
    if not is_parallel(source.root, call.node):
        waits = "each waiting for the one before"
    return Seen(
        rule="db-query-in-loop", line=call.line, severity="harm", sums=sums, symptoms=_SLOW,
        what=f"{len(inner)} statement{'s' * (len(inner) > 1)} for {of}, {waits}",
        do=f"ask once for all: {_at_once(source)}",
    )  # fmt: skip


def _at_once(source: Source) -> str:
    """How many rows are asked for by one statement, as the file's own library says it."""
    text = source.text.lower()
    return next((way for name, way in _AT_ONCE if name in text), _AT_ONCE[-1][1])


def _scanned(source: Source, call: Call) -> Iterator[Seen]:
    """A table of DynamoDB that is read whole."""
    if call.name != "new ScanCommand" and not (call.last == "scan" and re.search(
        r"dynamo|docClient|table", call.name, re.IGNORECASE
    )):  # fmt: skip
        return
    many = source.told.of("item", "row", "record")
    size = f"{amount(many)} items" if many else "the whole table"
    yield Seen(
        rule="ddb-scan", line=call.line, severity="harm",
        symptoms=_SLOW + r"|cost|bill|expensive|\$|throttl|capacity",
        what=f"each request scans {size}, and pays for all it reads: a FilterExpression takes rows "
        "away after they were read, and one page of a Scan ends at 1 MB besides",
        do="a Query: the filter's attribute as partition key of the table or of a global secondary "
        "index, KeyConditionExpression 'tenantId = :t', with Limit and LastEvaluatedKey",
    )  # fmt: skip


def _asked_anew(source: Source, asked: Call, name: str) -> Seen:
    """A query of Django that is made anew for each row."""
    many = source.told.many()
    return Seen(
        rule="db-query-in-loop", line=asked.line, severity="harm", symptoms=_SLOW,
        what=f"{asked.links[0].name} is asked for each {name}, once for each count(), first() or "
        "loop over it",
        sums=f"{amount(many)} rows are {amount(many)} queries and more" if many else "",
        do="annotate(orders=Count(...), last=Max(...)) on the first query, or prefetch_related; "
        "and a page of rows, not all()",
    )  # fmt: skip


def lazily_read(source: Source) -> Iterator[Seen]:
    """What an ORM of Python reads anew for each row: entry.shop.name in a loop over a query."""
    if source.language != "python" or "objects" not in source.text:
        return
    for loop in source.root.walk():
        over = over_of(loop) if loop.kind == "for_statement" else None
        name = loop.child("left") if over is not None else None
        if over is None or name is None or ".objects" not in over.text:
            continue
        if re.search(r"select_related|prefetch_related|values", over.text):
            continue
        asked = next((c for c in source.within(loop.child("body") or loop)
                      if ".objects." in c.name), None)  # fmt: skip
        if asked is not None:
            yield _asked_anew(source, asked, name.text)
            continue
        held = next((n for n in loop.walk() if n.kind == "attribute" and re.fullmatch(
            rf"{re.escape(name.text)}\.(?!id\b)\w+\.\w+", n.text)), None)  # fmt: skip
        if held is not None:
            many = source.told.many()
            yield Seen(
                rule="db-query-in-loop", line=held.line, severity="harm", symptoms=_SLOW,
                what=f"{held.text} reads a row of its own for each {name.text}",
                sums=f"{amount(many)} statements more" if many else "",
                do=f"select_related('{held.text.split('.')[1]}') on the query",
            )  # fmt: skip
