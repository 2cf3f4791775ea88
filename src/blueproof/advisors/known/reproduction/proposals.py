"""What the person has and wants: indexes that are there, and remedies to try beside ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from blueproof.advisors.known.reproduction.indexed import read_having, read_indexed
from blueproof.advisors.known.reproduction.reproduction import Proposal, Sketch
from blueproof.advisors.known.reproduction.spoken import SPOKEN
from blueproof.sql.guessing.seen import Columns, Seen, read_trees
from blueproof.sql.guessing.tables import Guess
from blueproof.sql.names import quote, quote_table

_COLUMNS = (
    r"(?P<columns>[a-z]\w*\((?:[^()]|\([^()]*\))+,(?:[^()]|\([^()]*\))+\)(?:\s+desc\b)?"
    r"|\((?:[^()]|\([^()]*\))*\)|[A-Za-z_]\w*(?:\.\w+)?(?:\s*\+\s*[A-Za-z_]\w*)*)"
)
_THERE = re.compile(
    r"\b(?P<lead>(?:have|has|added|created|add|there(?:'s| is| are)|with|exists?|existing|got"
    r"|put|got an"
    r"|tried|made|built|already|the|an|and|on)\s+)?(?:(?:a|an|the|already|both|single"
    r"|composite|compound"
    r"|separate|btree|b-tree|gin|hash|partial|multi-?column|covering|simple|two|individual)\s+)*"
    rf"(?P<said>index(?:es)?)(?:\s+[`\"]?\w*_\w+[`\"]?)?(?:\s+(?:exists?|there|is|already|only|just|each))*\s+(?:on|for"
    rf"|over)\s+(?:the\s+|columns?\s+)*"
    rf"{_COLUMNS}(?P<more>(?:\s*(?:,|and|&|\+)\s*(?:(?:one|another|an "
    rf"index)\s+)?(?:on\s+)?(?:\([^)]*\)|[A-Za-z_]\w*))*)",
    re.IGNORECASE,
)
# An index told with its table: on orders, then its columns in brackets.
_OF_TABLE = re.compile(
    r"\bon\s+(?P<table>[A-Za-z_]\w*)\s?(?P<columns>\((?:[^()]|\([^()]*\))*\))", re.IGNORECASE
)
# What a plan says of a node behind its table: Index Scan on orders (rows=2).
_OF_NODE = re.compile(r"\b(?:rows|cost|actual|width|loops|time)\s*=", re.IGNORECASE)
_INDEX = re.compile(r"(?<!create )(?<!create unique )\bindex(?:es)?\b", re.IGNORECASE)
_WANTED = re.compile(
    r"\b(?:should|would|could|shall|want|wants|wanted|thinking|considering|consider|planning"
    r"|suggest\w*|recommend\w*|proposes?|maybe|what if|will)\b",
    re.IGNORECASE,
)
# An index that was made, also where a question ends the sentence: "I added an index, still slow?"
_MADE = re.compile(
    r"\b(?:i|we|we've|i've|they|dba) (?:have |had |already |just |even )*"
    r"(?:created|added|made|built|put) [^.?!]{0,30}\bindex",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"\b(?:no|without|missing|lack\w*|needs?|not have)\b[^.,;]{0,12}$", re.IGNORECASE
)
_LACKED = re.compile(
    r"\b(?:not|n't|never|isn't|aren't)\s+(?:\w+\s+)?indexed\b|\b(?:isn't|aren't) indexed\b"
    r"|\bwithout (?:an )?index\b|\bno index\b",
    re.IGNORECASE,
)
_GIN = re.compile(r"\bgin\b|\binverted\b", re.IGNORECASE)
_GIN_ON = re.compile(
    r"\b(?:gin|inverted)(?: index)? on (?:the )?(?:columns? )?\(?(?P<column>[a-z_]\w*)",
    re.IGNORECASE,
)
# Indexes that are told by their kind, of all columns that are searched: trigram ones on both.
_ON_ALL = re.compile(
    r"\bindex(?:es)?\b[^.?!]{0,30}\b(?:on|for) (?:both|all|each|either|these|the two)\b",
    re.IGNORECASE,
)
_TRIGRAMS = re.compile(r"trigram|trgm", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.?!\n]|\.(?=\w))+[.?!]*|\n")
_MANY = re.compile(r"[A-Za-z_][\w]*(?:\([^)]*\))?")
_WORK_MEM = re.compile(
    r"\bwork_mem\b(?:\s*(?:to|=|from|of)?\s*(?P<size>\d+\s*[kMG]B))?", re.IGNORECASE
)


_COLLAPSED = 8  # join_collapse_limit as PostgreSQL has it
_VERY_LARGE = 10_000_000  # rows, from which a B-tree of them all is large too


@dataclass(frozen=True, kw_only=True)
class There:
    """An index that is said to be there: its table, its columns, its DDL."""

    table: str
    columns: tuple[str, ...]
    ddl: str


def read_there(text: str, ddl: tuple[str, ...], main: str, seen: Columns) -> tuple[There, ...]:
    """The indexes that the person says are there; those pasted as DDL are taken as they are."""
    found = [There(table=main, columns=(), ddl=each) for each in ddl
             if re.match(r"create\s+(?:unique\s+)?index", each, re.IGNORECASE)]  # fmt: skip
    for sentence in _SENTENCE.findall(text):
        asks = "?" in sentence and not _MADE.search(sentence)
        if asks or _WANTED.search(sentence):
            having = [(_home(c, main, seen), c) for c in read_having(sentence)]
            found += [_there(table, c, sentence, seen) for table, c in having if table]
            continue
        for columns in _indexed(sentence):
            table = _home(columns, main, seen)
            if table:
                found.append(_there(table, columns, sentence, seen))
        found += _of_tables(sentence, seen)
        found += _of_searched(sentence, seen)
        if not _LACKED.search(sentence):
            found += _otherwise(sentence, main, seen)
    return tuple({each.ddl: each for each in found}.values())


def _of_tables(sentence: str, seen: Columns) -> Iterator[There]:
    """The indexes that a sentence tells of with their tables: "on orders(tenant_id)"."""
    said = _INDEX.search(sentence)
    for match in _OF_TABLE.finditer(sentence, said.end()) if said else ():
        lacked = _LACKS.search(sentence[: said.start()]) if said else None
        if match["table"] in seen and not lacked and not _OF_NODE.search(match["columns"]):
            yield _there(match["table"], _names(match["columns"]), sentence, seen)


def _of_searched(sentence: str, seen: Columns) -> Iterator[There]:
    """The trigram indexes that are told of all columns that are searched for patterns."""
    told = _ON_ALL.search(sentence)
    if told and _TRIGRAMS.search(sentence) and not _LACKS.search(sentence[: told.start()]):
        for table, columns in seen.items():
            for name, each in columns.items():
                if "like" in each.signs and (index := _inverted(table, name, sentence, seen)):
                    yield index


def _otherwise(sentence: str, main: str, seen: Columns) -> Iterator[There]:
    """The indexes that a sentence tells of in other words, on columns or tables of the queries."""
    for each in read_indexed(sentence):
        table = each.table if each.table in seen else _home(each.columns, main, seen)
        known = {c.lower() for c in seen.get(table, {})}
        bare = [c.split()[0].lower() for c in each.columns]
        if table and (each.table in seen or known.intersection(bare)):
            yield _there(table, each.columns, sentence, seen)


def _indexed(sentence: str) -> Iterator[tuple[str, ...]]:
    """The columns of each index that a sentence tells of."""
    for match in _THERE.finditer(sentence):
        if not any(_LACKS.search(t) for t in (sentence[: match.start()], match["lead"] or "")):
            yield from _listed(match)
    for found in _GIN_ON.finditer(sentence):
        yield (found["column"],)


def _listed(match: re.Match[str]) -> Iterator[tuple[str, ...]]:
    """The columns of the indexes that are listed behind one another."""
    if match["columns"].startswith("("):
        yield _names(match["columns"])
    elif "+" in match["columns"]:
        yield tuple(_MANY.findall(match["columns"]))
    else:
        first = match["columns"].rpartition(".")[2]
        together = _together(match, first)
        if together or first.lower() not in _NO_COLUMN:
            yield together or (first,)
        if together or first.lower() in _NO_COLUMN:
            return
    for name in re.findall(r"\([^)]*\)|[A-Za-z_]\w*", match["more"]):
        if name.startswith("("):
            yield _names(name)
        elif name.lower() not in _JOINERS:
            yield (name,)


def _together(match: re.Match[str], first: str) -> tuple[str, ...]:
    """The columns of one index on several: "an index on user_id and start_date"; () for others."""
    listed = re.findall(r"\w+", match["more"])
    names = [name for name in listed if name.lower() != "and"]
    plain = not _APART.search(match["more"]) and match["said"].lower() == "index"
    known = plain and all(_SEVERAL.search(name) for name in (first, *names))
    return (first, *names) if names and known else ()


_NO_COLUMN = frozenset("them it these those this that all each both which what whom us".split())
_APART = re.compile(r"\bon\b|\bone\b|\banother\b|\bindex\b|\(|\+", re.IGNORECASE)
_SEVERAL = re.compile(r"_|[a-z][A-Z]|^(?:status|state|type|kind|name|email|id|date|time)$")
_JOINERS = frozenset("and on one another an index the it they but is are we".split())


def _names(listed: str) -> tuple[str, ...]:
    inner = listed[1:-1]
    parts = re.split(r",(?![^(]*\))", inner)
    return tuple(p.strip() for p in parts if p.strip())


def _home(columns: tuple[str, ...], main: str, seen: Columns) -> str:
    """The table of an index: the one that has its columns; "" where no query knows any of them."""
    bare = [re.sub(r"(?i)\s+(?:desc|asc)\b.*", "", c).strip() for c in columns]
    inner = [(re.findall(r"\w+", c) or [""])[-1] if "(" in c else c for c in bare]
    has = {t: sum(c.lower() in {k.lower() for k in known} for c in inner)
           for t, known in seen.items()}  # fmt: skip
    if most := max(has, key=lambda t: has[t]) if any(has.values()) else "":
        return most
    plausible = all("_" in c or len(columns) > 1 for c in inner)
    return main if plausible and inner and all(inner) else ""


def _there(table: str, columns: tuple[str, ...], sentence: str, seen: Columns) -> There:
    if len(columns) == 1 and (inverted := _inverted(table, columns[0], sentence, seen)):
        return inverted
    keys = ", ".join(_key(c) for c in columns)
    bare = tuple(re.sub(r"(?i)\s+(?:desc|asc)\b.*", "", c).strip() for c in columns)
    plain = tuple(c for c in bare if re.fullmatch(r"[A-Za-z_]\w*", c))
    return There(table=table, columns=plain, ddl=f"CREATE INDEX ON {quote_table(table)} ({keys})")


def _inverted(table: str, column: str, sentence: str, seen: Columns) -> There | None:
    """A GIN index, where the words say one, or the column takes no other."""
    signs = seen.get(table, {}).get(column.lower(), Seen(name=column)).signs
    trigrams = _TRIGRAMS.search(sentence)
    named = [found["column"].lower() for found in _GIN_ON.finditer(sentence)]
    said = column.lower() in named if named else bool(_GIN.search(sentence))
    if not (trigrams or said or signs & {"json", "list", "search"}):
        return None
    how = " gin_trgm_ops" if trigrams else " jsonb_path_ops" if "path_ops" in sentence else ""
    ddl = f"CREATE INDEX ON {quote_table(table)} USING gin ({quote(column)}{how})"
    return There(table=table, columns=(column,), ddl=ddl)


def _key(column: str) -> str:
    found = re.fullmatch(r"(?P<name>[A-Za-z_]\w*)(?P<way>\s+(?i:desc|asc))?", column)
    return f"{quote(found['name'])}{(found['way'] or '').upper()}" if found else column


def read_proposals(
    text: str, main: str, guess: Guess, there: tuple[There, ...]
) -> tuple[Proposal, ...]:
    """What the person thinks of, then the usual alternatives, each once and none that is there."""
    made = [*_wanted(text, main, guess), *_settings(text), *_spoken(text), *_usual(guess, main)]
    known = {_definition(t.ddl) for t in there}
    kept: dict[str, Proposal] = {}
    for each in made:
        if each.definition not in known:
            kept.setdefault(each.definition or each.said.lower(), each)
    return tuple(kept.values())


def _definition(ddl: str) -> str:
    return ddl[ddl.upper().index(" ON ") + 1 :] if " ON " in ddl.upper() else ddl


def _wanted(text: str, main: str, guess: Guess) -> Iterator[Proposal]:
    for sentence in _SENTENCE.findall(text):
        if not ("?" in sentence or _WANTED.search(sentence)):
            continue
        for columns in _indexed(sentence):
            table = _home(columns, main, guess.seen)
            if table:
                one = _there(table, columns, sentence, guess.seen)
                listed = ", ".join(columns)
                yield Proposal(
                    said=f"an index on {table} ({listed})", kind="index",
                    definition=_definition(one.ddl),
                )  # fmt: skip


def _settings(text: str) -> Iterator[Proposal]:
    found = _WORK_MEM.search(text)
    if found:
        size = (found["size"] or "256MB").replace(" ", "")
        yield Proposal(said=f"work_mem = {size}", kind="setting", definition=f"work_mem = '{size}'")


def _spoken(text: str) -> Iterator[Proposal]:
    for pattern, answer in SPOKEN:
        found = pattern.search(text)
        if found:
            yield Proposal(said=found[0], kind="spoken", answer=answer)


def _usual(guess: Guess, main: str) -> Iterator[Proposal]:
    """The indexes of one column that people make first."""
    for seen in guess.seen.get(main, {}).values():
        for path in seen.keys:
            *outer, last = path.split(".")
            steps = "".join(f" -> '{key}'" for key in outer)
            expression = f"({quote(seen.name)}{steps} ->> '{last}')"
            yield Proposal(
                said=f"an index on {main} ({expression})", kind="index", ours=True,
                definition=f"ON {quote_table(main)} ({expression})",
            )  # fmt: skip
        plain = not seen.signs & {"like", "json", "list", "search", "json or list"}
        if (seen.compared or seen.empty) and plain and seen.name != "id":
            column = quote(seen.name)
            yield Proposal(
                said=f"an index on {main} ({seen.name})", kind="index", ours=True,
                definition=f"ON {quote_table(main)} ({column})",
            )  # fmt: skip


def join_settings(sketch: Sketch) -> Iterator[Proposal]:
    """More orders of joins to be thought of, where a query has more relations than the default."""
    most = max(map(_relations, read_trees(sketch.queries)), default=0)
    if most > _COLLAPSED:
        limit = max(_COLLAPSED * 2, most)
        yield Proposal(
            said=f"join_collapse_limit = {limit}, as the query joins {most} relations and the "
            f"planner thinks of the order of {_COLLAPSED}",
            kind="setting",
            definition=f"join_collapse_limit = {limit}",
            ours=True,
        )


def _relations(tree: exp.Expr) -> int:
    """The relations that the largest FROM of a statement joins; an EXISTS in WHERE is one more."""
    selects = tree.find_all(exp.Select)
    return max((1 + len(s.args.get("joins") or ()) + _halves(s) for s in selects), default=0)


def _halves(select: exp.Select) -> int:
    where = select.args.get("where")
    return len(list(where.find_all(exp.Exists))) if where is not None else 0


def summary_indexes(sketch: Sketch) -> Iterator[Proposal]:
    """A BRIN index for each range of time over a table that is very large: a few pages in all."""
    for table, columns in sketch.guess.tables.items():
        if sketch.rows.get(table, 0) < _VERY_LARGE:
            continue
        for column in columns:
            seen = sketch.guess.seen.get(table, {}).get(column.name)
            if column.kind in {"time", "date"} and seen and seen.compared:
                yield Proposal(
                    said=f"a BRIN index on {table} ({column.name})", kind="index", ours=True,
                    definition=f"ON {quote_table(table)} USING brin ({quote(column.name)})",
                )  # fmt: skip
