"""What the person has and wants: indexes that are there, and remedies to try beside ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.reproduction.reproduction import Proposal
from blueproof.sql.guessing.seen import Columns, Seen
from blueproof.sql.guessing.tables import Guess
from blueproof.sql.names import quote, quote_table

_COLUMNS = r"(?P<columns>\((?:[^()]|\([^()]*\))*\)|[A-Za-z_]\w*(?:\.\w+)?(?:\s*\+\s*[A-Za-z_]\w*)*)"
_THERE = re.compile(
    r"\b(?P<lead>(?:have|has|added|created|add|there(?:'s| is| are)|with|exists?|existing|got|put|got an"
    r"|tried|made|built|already|the|an|and|on)\s+)?(?:(?:a|an|the|already|both|single|composite|compound"
    r"|separate|btree|b-tree|gin|hash|partial|multi-?column|covering|simple|two|individual)\s+)*"
    rf"index(?:es)?(?:\s+(?:exists?|there|is|already|only|just|each))*\s+(?:on|for|over)\s+(?:the\s+|columns?\s+)*"
    rf"{_COLUMNS}(?P<more>(?:\s*(?:,|and|&|\+)\s*(?:(?:one|another|an index)\s+)?(?:on\s+)?(?:\([^)]*\)|[A-Za-z_]\w*))*)",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:should|would|could|shall|want|wants|wanted|thinking|considering|consider|planning|suggest\w*|recommend\w*|proposes?|maybe|what if|will)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(
    r"\b(?:no|without|missing|lack\w*|needs?|not have)\b[^.,;]{0,12}$", re.IGNORECASE
)
_GIN = re.compile(r"\bgin\b|\binverted\b", re.IGNORECASE)
_TRIGRAMS = re.compile(r"trigram|trgm", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.?!\n]|\.(?=\w))+[.?!]*|\n")
_MANY = re.compile(r"[A-Za-z_][\w]*(?:\([^)]*\))?")
_WORK_MEM = re.compile(
    r"\bwork_mem\b(?:\s*(?:to|=|from|of)?\s*(?P<size>\d+\s*[kMG]B))?", re.IGNORECASE
)
_SPOKEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), answer)
    for pattern, answer in (
        (r"\b(?:bigger|larger|stronger|beefier)\s+(?:\w+\s+)?(?:instance|server|machine|box|db|database|rds)|\bmore (?:cpu|ram|memory|vcpus?)\b|\bscale up\b|\bupgrade (?:the |our )?(?:instance|rds|server|db)\b",
         "a machine twice as fast halves the time; the plan stays, and grows with the rows"),
        (r"\bredis\b|\bmemcached?\b|\bcach(?:e|ing)\b", "a cache hides the query from those who come second, and must be told of every write"),
        (r"\bpartition(?:ing|ed|s)?\b", "partitions help to drop old rows and where every query names their key; an index reads as few rows without them"),
        (r"\bmateriali[sz]ed views?\b", "a materialized view answers with what was there at its last refresh"),
        (r"\bread replicas?\b", "a replica runs the same plan: it takes load away, and makes no query faster"),
        (r"\bshard(?:ing|ed|s)?\b", "shards divide the rows among servers; the index comes first"),
        (r"\belastic ?search\b|\bopensearch\b|\balgolia\b|\bmeilisearch\b|\btypesense\b", "a search engine is a second store to be kept the same as the first; it pays for ranking and spelling, not for this query"),
        (r"\bclickhouse\b|\bbigquery\b|\bsnowflake\b|\btimescale(?:db)?\b", "a store of columns pays where most of the rows are summed up, not where a few are looked up"),
        (r"\bmongo(?:db)?\b|\bdynamo(?:db)?\b|\bcassandra\b", "another database needs the same index for the same question"),
        (r"\bkafka\b|\brabbitmq\b|\bsqs\b", "a queue beside the database is another system to run; the query is what is slow"),
    )
)  # fmt: skip


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
        if "?" in sentence or _WANTED.search(sentence):
            continue
        for columns in _indexed(sentence):
            table = _home(columns, main, seen)
            if table:
                found.append(_there(table, columns, sentence, seen))
    return tuple({each.ddl: each for each in found}.values())


def _indexed(sentence: str) -> Iterator[tuple[str, ...]]:
    """The columns of each index that a sentence tells of."""
    for match in _THERE.finditer(sentence):
        if _LACKS.search(sentence[: match.start()]) or _LACKS.search(match["lead"] or ""):
            continue
        if match["columns"].startswith("("):
            yield _names(match["columns"])
        elif "+" in match["columns"]:
            yield tuple(_MANY.findall(match["columns"]))
        else:
            yield (match["columns"].rpartition(".")[2],)
        for name in re.findall(r"\([^)]*\)|[A-Za-z_]\w*", match["more"]):
            if name.startswith("("):
                yield _names(name)
            elif name.lower() not in _JOINERS:
                yield (name,)


_JOINERS = frozenset("and on one another an index the it they but is are we".split())


def _names(listed: str) -> tuple[str, ...]:
    inner = listed[1:-1]
    parts = re.split(r",(?![^(]*\))", inner)
    return tuple(p.strip() for p in parts if p.strip())


def _home(columns: tuple[str, ...], main: str, seen: Columns) -> str:
    """The table of an index: the one that has its columns; "" where no query knows any of them."""
    bare = [re.sub(r"(?i)\s+(?:desc|asc)\b.*", "", c).strip() for c in columns]
    inner = [(re.findall(r"\w+", c) or [""])[-1] if "(" in c else c for c in bare]
    for table, known in seen.items():
        if any(c.lower() in {k.lower() for k in known} for c in inner):
            return table
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
    if not (trigrams or _GIN.search(sentence) or signs & {"json", "list", "search"}):
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
    for pattern, answer in _SPOKEN:
        found = pattern.search(text)
        if found:
            yield Proposal(said=found[0], kind="spoken", answer=answer)


def _usual(guess: Guess, main: str) -> Iterator[Proposal]:
    """The indexes of one column that people make first."""
    for seen in guess.seen.get(main, {}).values():
        plain = not seen.signs & {"like", "json", "list", "search", "json or list"}
        if (seen.compared or seen.empty) and plain and seen.name != "id":
            column = quote(seen.name)
            yield Proposal(
                said=f"an index on {main} ({seen.name})", kind="index", ours=True,
                definition=f"ON {quote_table(main)} ({column})",
            )  # fmt: skip
