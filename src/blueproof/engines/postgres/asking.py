"""Queries prepared so that their rows come back as text, with values put in for parameters."""

import contextlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from blueproof.core.errors import SqlError
from blueproof.engines.postgres import putting, ranking
from blueproof.engines.postgres.putting import attempt, literal
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.rows import VIEWS
from blueproof.engines.postgres.session import Session
from blueproof.sql.editing import body, numbers, replace_clause, significant
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema
from blueproof.sql.statements import read_script

_READS = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("})
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
_PREPARED = _READS | _WRITES
_ENDS = frozenset({
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"),
    *("DISCARD", "DEALLOCATE", "VACUUM"),
})  # fmt: skip
_ROW = "blueproof_row"
_CLOCK = re.compile(r"\b(?:now|current_date|current_timestamp|localtimestamp)\b", re.IGNORECASE)
_SEQUENCES = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'S' ORDER BY c.oid"
_FUNCTIONS = """
SELECT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prorettype <> 2279
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))
"""
_BEYOND = 1_000  # keys of generated rows stay below
_NOT_ALLOWED = "42501"
_AMBIGUOUS = "42P18"
_SYNTAX = "42601"
_OFFSET = re.compile(r"([1-9]\d*)((?:\s+ROWS?)?)", re.IGNORECASE)
_AGO = (0, 1, 2, 5, 8, 29, 31, 89, 91, 364, 366)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A row as text, and its rank in the order of the query (0 if it has none)."""

    text: str
    rank: int = 0


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two queries to compare, $1 to `known` in common; what is beyond comes from `seek`."""

    original: str
    rewritten: str
    seek: str = ""
    known: int = 0


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A statement ready to run: how it is called, and the highest parameter it takes.

    `wrapped` ones give each row as one text, `ranked` ones end it with a rank; `states` is the
    query for the tables' rows, which belong to the answer where the statement changes them.
    """

    call: str
    takes: int = 0
    ranked: bool = False
    wrapped: bool = True
    states: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The queries of one comparison, prepared; `known` counts the original's parameters.

    `whole` is the original without LIMIT and OFFSET, None if it has neither.
    """

    texts: tuple[str, ...]
    types: Mapping[int, str]
    original: Prepared
    rewritten: Prepared
    whole: Prepared | None
    seek: Prepared | None
    known: int
    known_order: bool


def settle(guest: Session, schema: Schema) -> bool:
    """Make a new database ready: rows visible to their owner, sequences beyond generated keys.

    Returns whether the schema is to be read anew after that.
    """
    guest.run("SET plan_cache_mode = force_custom_plan")
    guest.begin()
    forced = [table for table in schema.tables if table.owner_forced]
    for table in forced:
        attempt(guest, f"ALTER TABLE {quote_table(table.name)} NO FORCE ROW LEVEL SECURITY")
    _reset_sequences(guest)
    guest.run("COMMIT")
    return bool(forced)


def _reset_sequences(guest: Session) -> None:
    for (name,) in guest.run(_SEQUENCES):
        attempt(guest, f"SELECT setval({literal(name)}, {_BEYOND})")


def prepare(guest: Session, schema: Schema, pair: Pair) -> Asked:
    """Prepare all queries of a comparison; raises the server's refusal of any."""
    seek, known = pair.seek, pair.known
    texts = tuple(_single(t) for t in (pair.original, pair.rewritten, seek) if t)
    probes = [_probe(guest, t) for t in texts]
    supplied = known + (probes[2][1] if seek else 0)
    missing = [n for n in probes[1][0] if n > supplied]
    if missing:
        raise ServerRefusal(
            code=_AMBIGUOUS, message=f"nothing supplies ${missing[0]} of the rewritten query"
        )
    states = _states(schema) if _writes(texts[0]) or _writes(texts[1]) else ""
    asked, whole, known_order = _original(guest, texts[0], states)
    own = {n: kind for n, kind in probes[1][0].items() if n <= known}
    return Asked(
        texts=texts,
        types={**own, **(probes[2][0] if seek else {}), **probes[0][0]},
        original=asked,
        rewritten=_prepared(guest, "blueproof_rewritten", texts[1], states=states),
        whole=whole,
        seek=_prepared(guest, "blueproof_seek", texts[2]) if seek else None,
        known=known,
        known_order=known_order,
    )


def prepare_one(guest: Session, statement: str) -> Asked:
    """Prepare one statement that is only run; raises the server's refusal of it."""
    text = _single(statement)
    first = significant(text)[0].text.upper()
    if first in _ENDS:
        raise ServerRefusal(code=_NOT_ALLOWED, message=f"{first} is not run: it ends transactions")
    if first in _PREPARED:
        types, _ = _probe(guest, text)
        original = _prepared(guest, "blueproof_original", text)
    else:
        types, original = {}, Prepared(call=text)
    return Asked(texts=(text,), types=types, original=original, rewritten=original, whole=None,
                 seek=None, known=len(types), known_order=True)  # fmt: skip


def _single(text: str) -> str:
    try:
        statements = read_script(text, path="query").statements
    except SqlError as error:
        raise ServerRefusal(code=_SYNTAX, message=str(error)) from None
    if len(statements) != 1:
        raise ServerRefusal(code=_SYNTAX, message="one statement is run at a time")
    return statements[0].text


def _probe(guest: Session, text: str) -> tuple[dict[int, str], int]:
    """The types of the statement's parameters, and its number of columns."""
    guest.run_one(f"PREPARE blueproof_probe{_declared(text)} AS {text}")
    found = guest.run(
        "SELECT parameter_types::text[], cardinality(coalesce(result_types, '{}')) "
        "FROM pg_prepared_statements WHERE name = 'blueproof_probe'; "
    )
    guest.run("DEALLOCATE blueproof_probe")
    types, columns = found[0]
    return {n: types[n - 1] for n in sorted(numbers(text))}, int(columns)


def _declared(text: str) -> str:
    """The types of $1, $2... for PREPARE: to be inferred, text where a number is not used."""
    used = numbers(text)
    kinds = ["unknown" if n in used else "text" for n in range(1, max(used, default=0) + 1)]
    return f" ({', '.join(kinds)})" if kinds else ""


def _original(guest: Session, text: str, states: str) -> tuple[Prepared, Prepared | None, bool]:
    """The original with ranks, the same without LIMIT if it has one, and whether ranks say all."""
    if states:
        return _prepared(guest, "blueproof_original", text, states=states), None, True
    ways = ranking.ranked(text)
    for way in ways:
        try:
            asked = _prepared(guest, "blueproof_original", way.text, ranked=True)
            cut = ranking.cuts(text)
            whole = _prepared(guest, "blueproof_whole", way.whole, ranked=True) if cut else None
        except ServerRefusal:
            if way is ways[-1]:
                raise
            guest.run("DEALLOCATE ALL")
        else:
            return asked, whole, way.known
    raise AssertionError("there is always one way, and the last one returns or raises")


def _prepared(
    guest: Session, name: str, text: str, *, ranked: bool = False, states: str = ""
) -> Prepared:
    wrapped = not _writes(text)
    body_ = f"SELECT {_ROW}::text FROM (\n{text}\n) AS {_ROW}" if wrapped else text
    guest.run_one(f"PREPARE {name}{_declared(text)} AS {body_}")
    takes = max(numbers(text), default=0)
    return Prepared(
        call=f"EXECUTE {name}", takes=takes, ranked=ranked, wrapped=wrapped, states=states
    )


def _writes(text: str) -> bool:
    """Whether the statement changes rows, on its outermost level or in a WITH."""
    marks = significant(text)
    inside = {")", "("} if marks[0].text.upper() == "WITH" else set()
    return any(
        mark.text.upper() in _WRITES and (at == 0 or marks[at - 1].text in inside)
        for at, mark in enumerate(marks)
    )


def _states(schema: Schema) -> str:
    """A query for all rows of all tables, each with its table's name as its first column."""
    return " UNION ALL ".join(
        f"SELECT {literal(f'({table.name},')} || substr({_ROW}::text, 2) "
        f"FROM {quote_table(table.name)} AS {_ROW}"
        for table in schema.tables
        if not table.partition_of
    )


def attempted(
    guest: Session, prepared: Prepared, drawn: Mapping[int, str | None]
) -> list[Answer] | ServerRefusal:
    """The rows of a prepared statement, or the refusal; what it changes is taken back."""
    guest.run("SAVEPOINT attempted")
    try:
        if prepared.states:
            _reset_sequences(guest)
        found = guest.run_one(_call(prepared, drawn))
        states = guest.run(prepared.states) if prepared.states else []
    except ServerRefusal as refusal:
        return refusal
    finally:
        with contextlib.suppress(ServerRefusal):  # the connection may be a new one by now
            guest.run("ROLLBACK TO attempted; RELEASE attempted")
    answers = [_answer(row, prepared) for row in found]
    return [*answers, *(Answer(text=text) for (text,) in states)]


def all_attempted(
    guest: Session, asks: Sequence[tuple[Prepared, Mapping[int, str | None]]]
) -> list[list[Answer]] | None:
    """The rows of several queries in one go; None if any is refused or changes rows.

    It saves the time that one answer after another spends under way. The rows of all come in one
    list, with a row of two columns behind those of each.
    """
    if not all(prepared.wrapped and not prepared.states for prepared, _ in asks):
        return None
    calls = (f"{_call(p, drawn)}; ROLLBACK TO attempt; SELECT '', ''" for p, drawn in asks)
    found = putting.attempted(guest, "; ".join(calls))
    if isinstance(found, ServerRefusal):
        return None
    answers: list[list[Answer]] = [[]]
    for row in found:
        if len(row) > 1:
            answers.append([])
        else:
            answers[-1].append(_answer(row, asks[len(answers) - 1][0]))
    return answers[:-1]


def _call(prepared: Prepared, drawn: Mapping[int, str | None]) -> str:
    cells = ", ".join(literal(drawn.get(n)) for n in range(1, prepared.takes + 1))
    return f"{prepared.call}({cells})" if cells else prepared.call


def _answer(row: tuple[object, ...], prepared: Prepared) -> Answer:
    if not prepared.wrapped:
        return Answer(text=f"({','.join(str(cell) for cell in row)})")
    text = str(row[0])
    if not prepared.ranked:
        return Answer(text=text)
    head, _, rank = text[1:-1].rpartition(",")
    return Answer(text=f"({head})", rank=int(rank))


def shuffle(guest: Session, schema: Schema, rng: random.Random) -> None:
    """Have all rows lie in another order on disk, with nothing else changed."""
    for table in schema.tables:
        column = next((c.name for c in table.columns if not c.generated), None)
        if column is None or table.partitioned:
            continue
        name = quote_table(table.name)
        places = [row[0] for row in guest.run(f"SELECT ctid::text FROM {name} ORDER BY ctid")]
        if not places[1:]:
            continue
        rng.shuffle(places)
        moves = (
            f"UPDATE {name} SET {quote(column)} = {quote(column)} WHERE ctid = '{place}'"
            for place in places
        )
        quiet = ("SET CONSTRAINTS ALL IMMEDIATE", f"ALTER TABLE {name} DISABLE TRIGGER USER")
        attempt(guest, "; ".join((*quiet, *moves)))


def names_all(guest: Session, schema: Schema, tables: frozenset[str]) -> bool:
    """Whether these tables are all that a query which names them can read.

    Not so where one of them is a view, or where there is a function that might read others.
    """
    if not tables or not tables <= set(schema.by_name) or guest.run(_FUNCTIONS)[0][0]:
        return False
    views = {name for (name,) in guest.run(VIEWS)}
    return not any(quote_table(table) in views for table in tables)


def moments(guest: Session, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Moments around now, where the queries ask for the clock."""
    if not any(_CLOCK.search(text) for text in texts):
        return ()
    days = ", ".join(f"({days})" for days in _AGO)
    return tuple(
        str(text)
        for (text,) in guest.run(
            f"SELECT (now() - d * interval '1 day')::text FROM (VALUES {days}) AS v (d)"
        )
    )


def with_any_offset(pair: Pair) -> Pair:
    """The paging query and its seek with their literal OFFSET as a parameter.

    Few generated rows lie behind OFFSET 200000, and what holds for any page holds for that one.
    """
    found = _OFFSET.fullmatch(body(pair.original, "OFFSET"))
    written = rf"\b{found[1]}::bigint\b" if found else ""
    if not found or not re.search(written, pair.seek):
        return pair
    used = [n for t in (pair.original, pair.rewritten, pair.seek) for n in numbers(t)]
    hole = f"${max(used, default=0) + 1}"
    return replace(
        pair,
        original=replace_clause(pair.original, "OFFSET", f"{hole}{found[2]}"),
        seek=re.sub(written, lambda _: f"{hole}::bigint", pair.seek),
    )
