"""Which change of which table the words tell of; nothing is made up where they do not say it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.advisors.change.figures import (
    children_rows,
    instances_in,
    replicas_in,
    rows_in,
    tool_in,
    version_in,
    without_listed,
    writes_in,
)
from blueproof.advisors.change.kinds import Kind, kinds
from blueproof.advisors.change.seen import named, seen
from blueproof.advisors.change.ties import EVERY, children_in, parents_of
from blueproof.advisors.change.told import Told, derived, quoted
from blueproof.advisors.known.ids_left import ids_left
from blueproof.core.brief import Brief
from blueproof.sql.schema import Schema

_I = r"[A-Za-z_][A-Za-z0-9_]*"
# Where a table stands that no pattern of the kind has found, the surest first.
_TABLES = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        rf"`(?P<table>{_I})\.{_I}",
        rf"\btable `?\"?(?P<table>{_I})",
        rf"`\"?(?P<table>{_I})\"?` table\b",
        rf"\b(?:the|our|my|a|big|huge|large|hot) (?P<table>{_I}) table\b",
        rf"\b(?P<table>{_I})\.{_I}",
        rf"\b(?:on|in|of|from|to|into) (?:the |our |my )?`?(?P<table>{_I})`?\s*[(,;.]",
        rf"\b(?:on|in|of|from|to|into) (?:the |our |my )?`?(?P<table>{_I})`?(?: in | on |$)",
        rf"\b`?(?P<table>{_I})`? (?:=|has|have|is|with|at|\()? ?\(?~?\d[\d.,]* ?"
        r"(?:[kmb]|bn|million|billion)? ?rows\b",
    )
)
# Words that stand where names stand, and name nothing.
_NO_NAME = frozenset(
    "a an and any are as at be but by can column columns constraint data database db do downtime"
    " each every existing field fields fk for foreign from has have here how i if in index into is"
    " it its key live lock make migration my need new no not null of on one or order our postgres"
    " postgresql prisma prod production proper real rename row rows running same schema should so"
    " some step steps system table tables that the them then there these they this those time to"
    " type unique us value values via want we were what when where which while with without you"
    " your pg django rails drizzle alembic flyway knex supabase text uuid bigint int integer jsonb"
    " json timestamp timestamptz varchar enum app instances pods hot big huge large primary public"
    " please node js ts sql com io org py rb yml yaml md env server site service zero safely"
    " another different other e g partition partitioned partitions archive move add json array"
    " set under alter lock locks locking scan exclusive during whole existing over like two my"
    " make made add adding added used using small first last next way plan least most more than"
    " per about around only just also indexes foreign references check unique drop change"
    " changing file files here below attached month day week year hour monthly daily weekly"
    " both".split()
)
_LOCKED = re.compile(
    r"\b(?:lock\w*|block\w*|down|froze\w*|stuck|outage)\b[^.;]{0,40}?\bfor "
    r"(?:about |over |almost )?(\d+ ?(?:min(?:ute)?s?|h(?:ours?)?|seconds?|s))\b",
    re.IGNORECASE,
)
_WORTH = re.compile(r"\bworth (?:it|the)\b|\bshould (?:we|i)\b", re.IGNORECASE)
_SHORTEST = 2  # a single letter is an alias
_EXTENSIONS = frozenset(
    "sql prisma js ts py rb yml yaml md json com io org net env sh java".split()
)
_CAMEL = re.compile(r"[a-z0-9][A-Z]")
_TYPES = {
    "int": "integer", "int4": "integer", "int8": "bigint", "varchar": "text", "string": "text",
    "timestamp with time zone": "timestamptz", "bool": "boolean", "json": "json",
}  # fmt: skip
_SAMPLES = {"uuid": "gen_random_uuid()", "text": "'k' || n"}


@dataclass(frozen=True, kw_only=True)
class Open:
    """A change of which not all was said: what was read, and what is missing."""

    kind: Kind | None
    read: Mapping[str, str]
    missing: tuple[str, ...]


def read_change(brief: Brief, schema: Schema | None = None) -> Told | Open:
    """The change that the words of a request tell of; a schema says what they leave out."""
    words = " ".join(brief.request.split())
    kind = next((k for k in kinds() if k.is_meant(words)), None)
    if kind is None:
        return Open(kind=None, read={}, missing=("change",))
    found = dict(_read(kind, words))
    if "table" not in found and "table" in kind.needs:
        table = next(_generic(words, found), "")
        found |= {"table": table} if table else {}
    if "tables" in found:
        found["table"] = found["tables"].split(", ")[0]
    found |= dict(children_in(words, found, kind.id))
    if schema:
        told = found.get("table") in {t.name for t in schema.tables}
        found |= {} if told else dict(named(schema, words))
        found = {**dict(seen(schema, found, kind.id)), **found}
    missing = tuple(need for need in kind.needs if not found.get(need))
    if missing:
        return Open(kind=kind, read=found, missing=missing)
    tool = tool_in(words)
    return Told(
        kind=kind,
        names=_names(kind, found),
        said=frozenset(found),
        rows=rows_in(_without_listed(words, found), found.get("tables") or found["table"], brief),
        more_rows=children_rows(words, found) if kind.id in EVERY else {},
        writes=writes_in(words, brief),
        version=version_in(words),
        tool=tool,
        instances=instances_in(words),
        replicas=replicas_in(words),
        left=next(ids_left(brief), "") if kind.id == "int-to-bigint" else "",
        locked=_locked(words),
        asks_time=bool(re.search(r"\bhow (?:long|much time)\b", words, re.IGNORECASE)),
        asks_worth=bool(
            re.search(r"\bworth (?:it|the)\b|\bshould (?:we|i)\b", words, re.IGNORECASE)
        ),
        actions=bool(re.search(r"\bgithub actions?\b", words, re.IGNORECASE)),
    )


def _without_listed(words: str, found: Mapping[str, str]) -> str:
    """The words without the rows of the tables that refer to the changed one."""
    return without_listed(words) if found.get("child") else words


def _locked(words: str) -> str:
    """For how long a table was locked before, as it is told."""
    found = _LOCKED.search(words)
    return found[1] if found else ""


def _read(kind: Kind, words: str) -> Iterator[tuple[str, str]]:
    """The names that the kind's patterns find, each by the first of them."""
    seen: set[str] = set()
    for pattern in kind.reads:
        for match in pattern.finditer(words):
            groups = {k.rstrip("_"): v for k, v in match.groupdict().items() if v}
            if not all(_is_name(k, v) or _is_quoted(match, k) for k, v in groups.items()):
                continue
            for key, value in groups.items():
                if key not in seen:
                    seen.add(key)
                    yield key, _plain(key, value)
            break


def _is_quoted(match: re.Match[str], key: str) -> bool:
    """Whether a name stands in quotes, so that it may be any word."""
    key = key if key in match.re.groupindex else f"{key}_"
    return match.string[: match.start(key)][-1:] in {"`", '"'}


def _is_name(key: str, value: str) -> bool:
    if key in _FREE or (key == "column" and value.lower() == "ts"):
        return True
    return not any(one.lower() in _NO_NAME or len(one) < _SHORTEST for one in _listed(value)) and (
        value.rpartition(".")[2].lower() not in _EXTENSIONS
    )


_FREE = frozenset(
    "type old_type expression value default unit limit must kept keyless gone".split()
)


def _plain(key: str, value: str) -> str:
    """A name as it is in the database, a list with commas between; a type by its usual name."""
    if key in {"type", "old_type"}:
        low = " ".join(value.lower().split())
        return _TYPES.get(low, low)
    if key in _FREE:
        return value.strip()
    return ", ".join(n if _CAMEL.search(n) else n.lower() for n in _listed(value))


def _listed(value: str) -> list[str]:
    return [one for one in re.split(r",? and |,\s*|\s+", value.strip("`'\" ")) if one]


def _generic(words: str, found: Mapping[str, str]) -> Iterator[str]:
    for pattern in _TABLES:
        for match in pattern.finditer(words):
            name = match["table"]
            after = words[match.end("table") : match.end("table") + 8].lstrip(".")
            if name.lower() in _NO_NAME or re.split(r"\W", after)[0].lower() in _EXTENSIONS:
                continue
            if name.lower() not in {v.lower() for v in found.values()}:
                yield _plain("table", name)


def one_of(name: str) -> str:
    """What one row of a table is called, plainly.

    >>> one_of("customers"), one_of("companies"), one_of("statuses"), one_of("data")
    ('customer', 'company', 'status', 'data')
    """
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("sses", "uses", "xes", "ches")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _names(kind: Kind, found: Mapping[str, str]) -> dict[str, str]:
    """All names of the change: those read, those of the kind where nothing is told, derived ones.

    They are quoted where SQL wants it; texts such as `forward` hold others as holes.
    """
    holes = dict(kind.holes)
    for variant in kind.variants:
        if all(re.fullmatch(str(v), found.get(k, "")) for k, v in variant["when"].items()):
            holes |= {k: str(v) for k, v in variant["holes"].items()}
            break
    if kind.id == "set-not-null":
        holes |= _of_nulls(found)
    said = {k: v if k in _FREE else quoted(v) for k, v in found.items()}
    parent = found.get("parent") or found.get("new_table", "")
    column = found.get("column", "")
    base = {
        "key": "id", "parent_one": one_of(parent), "table_one": one_of(found["table"]),
        "column_tail": _tail(column, one_of(parent)), "column": "", "new": "", "parent": "",
        "rows_here": "6000", "key_type": "bigint", "item": one_of(column),
        "new_stem": found.get("new", "").removesuffix("_id"),
        "must_said": ", NOT NULL" if found.get("must") else ", NULL allowed",
        "must_sql": " NOT NULL" if found.get("must") else "",
        "type_stem": re.sub(r"\W.*", "", found.get("type", "")),
        "expression_column": re.split(r"\W", found.get("expression", ""))[0],
    }  # fmt: skip
    names = {**base, **parents_of({**base, **said}), **holes, **said}
    type_ = names.get("type", "")
    sample = _SAMPLES.get(type_, "n")
    names |= {"sample_key": sample, "sample_of_type": sample}
    filled = Told(kind=kind, names=names, said=frozenset(found))
    names = {k: filled.fill(v) for k, v in names.items()}
    for which, value in (("forward", "column"), ("back", "new")):
        text = names.get(which, "")
        names[f"{which}_new"] = text.replace("@", f"NEW.{names[value]}")
        names[f"{which}_row"] = text.replace("@", f"t.{names[value]}")
        names[f"{which}_column"] = text.replace("@", names[value])
        names[f"{which}_v"] = text.replace("@", "v")
    return {**derived(names), **names}


def _of_nulls(found: Mapping[str, str]) -> dict[str, str]:
    """What becomes of rows without a value: deleted, decided about, or filled."""
    refers = found["column"].lower().endswith("_id")
    by_hand = refers and not found.get("gone")
    made = {"type": "bigint", "fill": "1"} if refers and not found.get("type") else {}
    return {
        **made,
        "by_hand": "yes" * by_hand,
        "filled": "yes" * (not by_hand and not found.get("gone")),
        # Where a person decides about them none is made: that decision cannot be rehearsed.
        "nulls_made": "true" if by_hand else "n % 100 > 0",
        "of_nulls": "VALIDATE fails while there is one, and no value is made up for a reference"
        if by_hand
        else "the backfill writes {fill} into them until you say",
        "nulls_until": "they wait for you" if by_hand else "{fill}",
    }


def _tail(column: str, parent: str) -> str:
    """What of its parent a column holds ("customer_email": email)."""
    low = column.lower()
    if parent and low.startswith(f"{parent.lower()}_"):
        return low[len(parent) + 1 :]
    return low.rpartition("_")[2]
