"""Reading a schema back from the server's catalog: what PostgreSQL itself understood of the DDL.

The queries run as the person's own role, whose schema may define functions, operators and tables
with the names used here. So functions are qualified, operands have exactly the types that
PostgreSQL's own operators take, and `pg_catalog` is searched first while we read.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Row, Session
from blueproof.sql.conditions import unwrapped
from blueproof.sql.schema import (
    Column,
    ForeignKey,
    Function,
    Index,
    Policy,
    Schema,
    Slot,
    Table,
    View,
)
from blueproof.sql.statements import Statement, read_script
from blueproof.sql.uses import split_and

_PATH = "pg_catalog, public, pg_temp"  # not naming pg_temp would put it first
# Unqualified where public, as people write it.
_NAME = (
    "CASE WHEN n.nspname = 'public' THEN c.relname::text"
    " ELSE n.nspname::text || '.'::text || c.relname::text END"
)
_OURS = "n.nspname::text !~ '^pg_'::text AND n.nspname <> 'information_schema'"

_TABLES = f"""
SELECT pg_catalog.json_build_array(
  c.oid::int8, {_NAME}, c.relkind = 'p', c.relrowsecurity, c.relforcerowsecurity,
  c.relkind = 'm',
  coalesce((SELECT {_NAME.replace("n.", "pn.").replace("c.", "pc.")}
     FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhparent
     JOIN pg_namespace pn ON pn.oid = pc.relnamespace
     WHERE i.inhrelid = c.oid AND c.relispartition), ''))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND {_OURS} ORDER BY c.oid
"""

_COLUMNS = f"""
SELECT pg_catalog.json_build_array(
  a.attrelid::int8, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
  a.attnotnull, coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ''), b.typlen::int4,
  CASE WHEN a.atttypid IN (1042::oid, 1043::oid) AND a.atttypmod > 4
       THEN a.atttypmod - 4 ELSE 0 END,
  coalesce(e.labels, '{{}}'), a.attgenerated <> '' OR a.attidentity = 'a', a.attgenerated <> '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN (SELECT enumtypid, pg_catalog.array_agg(enumlabel::text ORDER BY enumsortorder) AS labels
           FROM pg_enum GROUP BY enumtypid) e ON e.enumtypid = b.oid
WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND {_OURS}
ORDER BY a.attrelid, a.attnum
"""

_CONSTRAINTS = f"""
SELECT pg_catalog.json_build_array(
  k.conrelid::int8, k.contype::text, k.conname::text,
  (SELECT pg_catalog.array_agg(a.attname::text ORDER BY o)
     FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u(n, o)
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n),
  (SELECT pg_catalog.array_agg(a.attname::text ORDER BY o)
     FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u(n, o)
     JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n),
  k.confrelid::int8, k.confdeltype::text, pg_catalog.pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'f', 'c') AND {_OURS} ORDER BY k.oid
"""

# How each part is stored, as pg_attribute has it of the index; and what _bt_allequalimage asks
# (src/backend/access/nbtree/nbtutils.c): an operator class whose equal values look alike. Each is
# looked up by its number: joined, whole catalogs would be read for every index.
_PARTS = """
  SELECT pg_catalog.array_agg(coalesce(
      (SELECT c.attname::text FROM pg_attribute c
       WHERE c.attrelid = i.indrelid AND c.attnum = i.indkey[a.attnum - 1]),
      pg_catalog.pg_get_indexdef(a.attrelid, a.attnum::int4, true)) ORDER BY a.attnum) AS names,
    pg_catalog.array_agg(pg_catalog.format_type(
      (SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END FROM pg_type t
       WHERE t.oid = a.atttypid), NULL) ORDER BY a.attnum) AS types,
    pg_catalog.array_agg(a.attlen::int4 ORDER BY a.attnum) AS lengths,
    pg_catalog.array_agg(a.attalign::text ORDER BY a.attnum) AS aligns,
    pg_catalog.array_agg((i.indoption[a.attnum - 1]::int4 & 1) = 1 ORDER BY a.attnum)
      FILTER (WHERE a.attnum <= i.indnkeyatts) AS descending,
    pg_catalog.bool_or(
      NOT (SELECT o.opcdefault FROM pg_opclass o WHERE o.oid = i.indclass[a.attnum - 1])
      OR (i.indkey[a.attnum - 1] <> 0 AND i.indcollation[a.attnum - 1] IS DISTINCT FROM
        (SELECT c.attcollation FROM pg_attribute c
         WHERE c.attrelid = i.indrelid AND c.attnum = i.indkey[a.attnum - 1])))
      FILTER (WHERE a.attnum <= i.indnkeyatts) AS special,
    pg_catalog.bool_and(EXISTS (SELECT FROM pg_opclass o JOIN pg_amproc p
        ON p.amprocfamily = o.opcfamily AND p.amproclefttype = o.opcintype
        AND p.amprocrighttype = o.opcintype AND p.amprocnum = 4
        WHERE o.oid = i.indclass[a.attnum - 1])
      AND coalesce((SELECT l.collisdeterministic FROM pg_collation l
        WHERE l.oid = i.indcollation[a.attnum - 1]), true))
      FILTER (WHERE a.attnum <= i.indnkeyatts) AS alike
  FROM pg_attribute a WHERE a.attrelid = x.oid"""

_INDEXES = f"""
SELECT pg_catalog.json_build_array(
  i.indrelid::int8, x.oid::regclass::text, m.amname::text, i.indisunique, i.indisprimary,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')),
  coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), ''), i.indnkeyatts::int4,
  s.names, 0 = ANY (i.indkey), s.descending, pg_catalog.pg_get_indexdef(x.oid), s.special, s.types,
  s.lengths, s.aligns, i.indnatts = i.indnkeyatts AND NOT i.indisunique AND s.alike, x.oid::int8)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL ({_PARTS}) s
WHERE {_OURS}"""

_ATTRIBUTES = """
SELECT a.attrelid::int8, pg_catalog.array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY ($1::oid[]) GROUP BY a.attrelid
"""

_POLICIES = f"""
SELECT pg_catalog.json_build_array(
  p.polrelid::int8, p.polname::text, p.polcmd::text, p.polpermissive,
  ARRAY(SELECT CASE WHEN r = 0::oid THEN 'public' ELSE pg_catalog.pg_get_userbyid(r)::text END
        FROM pg_catalog.unnest(p.polroles) r),
  coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), ''),
  coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), ''))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} ORDER BY p.oid
"""

# A name stands for all functions of it, whatever their arguments.
_STABLE = f"""
SELECT pg_catalog.json_build_array({_NAME.replace("c.relname", "p.proname")})
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind = 'f' AND {_OURS} GROUP BY n.nspname, p.proname
HAVING pg_catalog.bool_and(p.provolatile <> 'v' AND NOT p.proretset)
"""

# Bodies that can be read: not those of extensions, which are in C.
_FUNCTIONS = f"""
SELECT pg_catalog.json_build_array({_NAME.replace("c.relname", "p.proname")},
  coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc), p.prosecdef,
  pg_catalog.pg_get_function_identity_arguments(p.oid),
  pg_catalog.pg_get_function_result(p.oid),
  EXISTS (SELECT FROM pg_catalog.unnest(p.proconfig) s WHERE s ~ '^search_path='::text))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind = 'f' AND l.lanname::text IN ('sql', 'plpgsql') AND {_OURS} ORDER BY p.oid
"""

# What a view reads is what its rule depends on; a view depends on itself, too.
_VIEWS = f"""
SELECT pg_catalog.json_build_array(
  {_NAME}, pg_catalog.pg_get_viewdef(c.oid), c.relkind = 'm',
  EXISTS (SELECT FROM pg_catalog.unnest(c.reloptions) o
          WHERE o ~* '^security_invoker=(on|true|1|yes|t|y)$'::text),
  ARRAY(SELECT DISTINCT {_NAME.replace("n.", "rn.").replace("c.", "rc.")}
    FROM pg_rewrite w JOIN pg_depend d ON d.objid = w.oid
    JOIN pg_class rc ON rc.oid = d.refobjid JOIN pg_namespace rn ON rn.oid = rc.relnamespace
    WHERE w.ev_class = c.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
      AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid AND rc.oid <> c.oid ORDER BY 1))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND {_OURS} ORDER BY c.oid
"""

_MAKES_INDEX = {("CREATE", "INDEX"), ("CREATE", "UNIQUE")}
_ALIGN = {"c": 1, "s": 2, "i": 4, "d": 8}
_DELETE = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_COMMAND = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
# status = ANY (ARRAY['open'::text, 'paid'::text]) as pg_get_constraintdef prints it, to its end:
# what follows, or a NULL in the list, lets other values in.
_LISTED = r"\(?'(?:[^']|'')*'(?:::[\w \".]+)?\)?(?:::[\w \".]+)?"
_CHECK_IN = re.compile(
    r"\(?\"?(\w+)\"?\)?(?:::[\w ]+)? = ANY "
    rf"\(+ARRAY\[({_LISTED}(?:, {_LISTED})*)\]\)?(?:::[\w ]+\[\])?\)"
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """A schema, and its tables' and indexes' object identifiers, which survive a rewrite."""

    schema: Schema
    tables: dict[str, int]
    indexes: dict[int, Index]


def read_schema(session: Session) -> Schema:
    """Every table, index, key and policy outside the system schemas."""
    return read_catalog(session).schema


def read_catalog(session: Session) -> Catalog:
    """The schema with its identifiers."""
    with searching(session):
        names = {oid: row for oid, *row in _read(session, _TABLES)}
        constraints = _grouped(_read(session, _CONSTRAINTS))
        columns = _grouped(_read(session, _COLUMNS))
        indexes = _read(session, f"{_INDEXES} ORDER BY x.oid")
        policies = _read(session, _POLICIES)
        stable = _read(session, _STABLE)
        functions = _read(session, _FUNCTIONS)
        views = _read(session, _VIEWS)
    by_oid = {r[-1]: _index(names[r[0]][0], r) for r in indexes if r[0] in names}
    schema = Schema(
        tables=tuple(_table(row, columns[oid], constraints[oid]) for oid, row in names.items()),
        indexes=tuple(by_oid.values()),
        foreign_keys=tuple(_foreign_keys(constraints, names)),
        policies=tuple(_policy(names[r[0]][0], r) for r in policies),
        stable=frozenset(name for (name,) in stable),
        functions=tuple(map(_function, functions)),
        views=tuple(map(_view, views)),
    )
    tables = {row[0]: oid for oid, row in names.items()}
    return Catalog(schema=schema, tables=tables, indexes=by_oid)


def read_schema_after(
    session: Session, known: Catalog, changes: tuple[str, ...], tables: Iterable[int]
) -> Schema:
    """The schema once changes have been made that concern these tables, as read before or anew.

    Making or dropping an index leaves all but the indexes of its table as they were.
    """
    statements = (s for c in changes for s in read_script(c, path="change").statements)
    if not changes or not all(map(_is_about_an_index, statements)):
        return read_schema(session)
    here = {oid: name for name, oid in known.tables.items()}
    concerned = {here[oid] for oid in tables}
    with searching(session):
        rows = _read(session, f"{_INDEXES} AND i.indrelid = ANY ($1::oid[])", (sorted(tables),))
    found = {oid: i for oid, i in known.indexes.items() if i.table not in concerned}
    found |= {row[-1]: _index(here[row[0]], row) for row in rows}
    return replace(known.schema, indexes=tuple(found[oid] for oid in sorted(found)))


def _is_about_an_index(statement: Statement) -> bool:
    if statement.words[:2] == ("DROP", "INDEX"):  # which takes foreign keys along if it cascades
        return "CASCADE" not in statement.text.upper()
    return statement.words[:1] == ("SET",) or statement.words[:2] in _MAKES_INDEX


def read_indexes(session: Session, names: dict[int, str], oids: list[int]) -> dict[int, Index]:
    """Some of the indexes by identifier; `names` are those of the tables, by theirs."""
    with searching(session):
        rows = _read(session, f"{_INDEXES} AND x.oid = ANY ($1::oid[])", (oids,))
    return {row[-1]: _index(names[row[0]], row) for row in rows if row[0] in names}


def _read(session: Session, query: str, values: Sequence[Any] = ()) -> list[Row]:
    """The rows of a query that makes an array of each, as one answer: the driver takes its time."""
    whole = f"SELECT pg_catalog.json_agg(q.r) FROM ({query}) q(r)"
    ((rows,),) = session.run_one(whole, values)
    return rows or []


def read_attributes(session: Session, oids: list[int]) -> dict[int, tuple[str, ...]]:
    """The names that indexes give their own columns, by the index's identifier."""
    return {oid: tuple(names) for oid, names in session.run_one(_ATTRIBUTES, (oids,))}


@contextlib.contextmanager
def searching(session: Session) -> Iterator[None]:
    """PostgreSQL's own objects before any others of the same name, until the end of the block."""
    before = session.run(f"SHOW search_path; SET search_path = {_PATH}")[0][0]
    try:
        yield
    finally:
        with contextlib.suppress(ServerRefusal):  # a failed transaction takes it back by itself
            session.run_one("SELECT pg_catalog.set_config('search_path', $1, false)", (before,))


def _grouped(rows: list[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


def _table(head: list[Any], columns: list[Row], constraints: list[Row]) -> Table:
    name, partitioned, row_security, forced, materialized, parent = head
    checked = dict(pair for c in constraints if c[1] == "c" for pair in _values(c[7]))
    primary = next((tuple(c[3]) for c in constraints if c[1] == "p"), ())
    return Table(
        name=name,
        columns=tuple(_column(c, checked) for c in columns),
        primary_key=primary,
        unique=tuple(tuple(c[3]) for c in constraints if c[1] == "u"),
        checks=tuple(c[7] for c in constraints if c[1] == "c"),
        partitioned=partitioned,
        partition_of=parent,
        row_security=row_security,
        owner_forced=forced,
        materialized=materialized,
    )


def _values(check: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each column that a CHECK holds to a list of values, with these; rows it never saw count."""
    text = check.removeprefix("CHECK ").removesuffix(" NO INHERIT")
    for conjunct in split_and(unwrapped(text)):
        found = _CHECK_IN.fullmatch(unwrapped(conjunct))
        if found:
            yield found[1], tuple(v.replace("''", "'") for v in _LITERAL.findall(found[2]))


def _column(row: Row, checked: dict[str, tuple[str, ...]]) -> Column:
    _oid, name, kind, not_null, default, length, modifier, labels, generated, computed = row
    return Column(
        name=name,
        type=kind,
        not_null=not_null,
        default=default,
        length=length,
        modifier=modifier,
        values=tuple(labels) or checked.get(name, ()),
        generated=generated,
        computed=computed,
    )


def _index(table: str, row: Row) -> Index:
    _, name, method, unique, primary, constraint, predicate, count, parts, *rest = row
    expressions, descending, definition, special, types, lengths, aligns, alike, _oid = rest
    return Index(
        name=name,
        table=table,
        keys=tuple(parts[:count]),
        definition=definition,
        method=method,
        unique=unique,
        primary=primary,
        constraint=constraint,
        predicate=predicate,
        include=tuple(parts[count:]),
        expressions=expressions,
        descending=tuple(descending),
        special=special,
        slots=tuple(
            Slot(type=kind, length=length, align=_ALIGN[align])
            for kind, length, align in zip(types, lengths, aligns, strict=True)
        ),
        deduplicates=alike,
    )


def _foreign_keys(constraints: dict[int, list[Row]], names: dict[int, Any]) -> list[ForeignKey]:
    return [
        ForeignKey(
            name=name,
            table=names[oid][0],
            columns=tuple(columns),
            references=names[target][0],
            referenced=tuple(referenced),
            on_delete=_DELETE[action],
        )
        for rows in constraints.values()
        for oid, kind, name, columns, referenced, target, action, _definition in rows
        if kind == "f" and oid in names and target in names
    ]


def _policy(table: str, row: Row) -> Policy:
    _oid, name, command, permissive, roles, using, check = row
    return Policy(
        name=name,
        table=table,
        command=_COMMAND[command],
        roles=tuple(roles),
        permissive=permissive,
        using=using,
        check=check,
    )


def _function(row: Row) -> Function:
    name, body, definer, arguments, returns, fixed = row
    return Function(
        name=name, body=body, definer=definer, arguments=arguments, returns=returns, fixed=fixed
    )


def _view(row: Row) -> View:
    name, query, materialized, invoker, reads = row
    return View(
        name=name, query=query, materialized=materialized, invoker=invoker, reads=tuple(reads)
    )
