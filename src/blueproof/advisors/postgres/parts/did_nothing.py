"""Why an index that somebody made did nothing, and whether it can go.

The index is one of the schema that the words call useless; the reason is read off what the queries
ask of its table. Where none fits, nothing is said.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.advisors.postgres.database import Database
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import stem_of
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Index
from blueproof.sql.uses import Use

_NOTHING = LatePattern(
    r"\b(?:did|does|do|made|makes?|has|had|brought) (?:absolutely |exactly )?(?:nothing|no"
    r" (?:difference|effect|change|improvement)|zero)\b|\b(?:did|does)(?:n[o']?t| not) (?:really )?"
    r"(?:help|change|do|matter|work|improve|speed)\w*|\bno (?:effect|improvement|difference"
    r"|change|gain|luck|help)\b|\b(?:still|just as|exactly as) slow\b|\b(?:is|are|was|were)(?:n'?t"
    r"| not| never) (?:being )?used\b|\b(?:ignor\w+|useless|for nothing|in vain|to no avail|without"
    r" (?:effect|success|luck))\b|\bstill (?:a |does a |doing a )?seq(?:uential)? ?scan",
    re.IGNORECASE,
)
_INDEX = LatePattern(r"\b(?:index\w*|idx\w*|indices)\b", re.IGNORECASE)
_SENTENCE = LatePattern(r"(?:[^.?!\n]|\.(?=\w))+[.?!]*")
_ORDERED = LatePattern(
    r"\border\s+by\s+([^()]+?)(?:\blimit\b|\boffset\b|\bfor\b|;|$)", re.IGNORECASE
)
_PATTERN = LatePattern(r"\b(\w+)\s+i?like\s+'%[^']*'", re.IGNORECASE)
_FEW = 20  # values: one of so few stands in too many rows
_BACK = 2  # sentences before the complaint in which the index may stand
_MANY = 1_000  # rows of one value, from which they are too many to fetch and sort
_FIGURE = r"(?P<n>\d[\d,]*(?:\.\d+)?) ?(?P<u>k|m|thousand|million)?"
_UNITS = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


def did_nothing(before: Database, counts: tuple[RowCount, ...], request: str) -> str:
    """Sentences on each index that the words call useless: why, and whether it can go; "" if none.

    `before` is the database as it was handed over, `counts` the rows of its tables.
    """
    return " ".join(_each(before, {c.table: c for c in counts}, request))


def _each(before: Database, counts: Mapping[str, RowCount], request: str) -> Iterator[str]:
    known = f"{before.ddl} {request}"  # an index told in words has a name that nobody told
    for index in blamed(before.schema.indexes, request):
        case = _Case(before=before, index=index, request=request,
                     rows=counts[index.table].rows if index.table in counts else 0)  # fmt: skip
        uses = [(q.query.text, u) for q in before.queries for u in q.uses
                if before.schema.home(u.table) == index.table]  # fmt: skip
        why = next((w for text, use in uses if (w := _why(case, use, text))), "")
        if why:
            key = ", ".join(index.keys)
            yield (
                f"Your index on {index.table} ({key}) did nothing because {why}. It can go once no "
                "other query reads it (idx_scan in pg_stat_user_indexes stays as it is): DROP "
                f"INDEX CONCURRENTLY{f' {index.name}' if index.name in known else ''}."
            )


def blamed(indexes: tuple[Index, ...], request: str) -> Iterator[Index]:
    """The indexes that the words say were made and did nothing, each once."""
    sentences = [s.strip() for s in _SENTENCE.findall(request)]
    for place, sentence in enumerate(sentences):
        if not _NOTHING.search(sentence):
            continue
        behind = reversed(sentences[max(0, place - _BACK) : place + 1])
        told = next((s for s in behind if _INDEX.search(s) or _names(indexes, s)), "")
        if not told:
            continue
        named = [i for i in indexes if not (i.primary or i.constraint) and _is_told(i, told)]
        # The one that is told nearest before the words that call it useless.
        nearest = max(named, key=lambda i: _place(i, told), default=None)
        if nearest:
            yield nearest
            return


def _names(indexes: tuple[Index, ...], sentence: str) -> bool:
    """Whether a sentence has the name of an index."""
    return any(re.search(rf"\b{re.escape(i.name)}\b", sentence) for i in indexes)


def _place(index: Index, told: str) -> int:
    end = _NOTHING.search(told)
    places = [m.start() for m in re.finditer(rf"\b{re.escape(index.keys[0])}\b", told)
              if end is None or m.start() < end.start()]  # fmt: skip
    return max(places, default=-1)


def _is_told(index: Index, told: str) -> bool:
    """Whether a sentence names the index, or all of its columns."""
    if re.search(rf"\b{re.escape(index.name)}\b", told, re.IGNORECASE):
        return True
    return all(re.search(rf"\b{re.escape(k)}\b", told, re.IGNORECASE) for k in index.keys)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """An index that is called useless, its table's rows, and the words."""

    before: Database
    index: Index
    rows: int
    request: str

    def parents(self, column: str) -> int:
        """How many different values a reference has, as told."""
        return _parents(self.before, self.index.table, column, self.request)


def _why(case: _Case, use: Use, text: str) -> str:
    """Why a query gains nothing from the index; "" where that is not clear."""
    index, lead = case.index, case.index.keys[0]
    read = {*use.equal, *use.joined, *use.ranges, *use.prefixed, *use.either}
    wrapped = next((e for e, column in use.wrapped if column == lead), "")
    if wrapped and lead not in read and index.plain:
        return f"the query compares {wrapped}, and the index holds {lead} as it is"
    pattern = _PATTERN.search(text)
    if pattern and pattern[1].lower() == lead.lower() and index.method == "btree":
        return (
            f"a B-tree finds what begins with some letters, and {pattern[0]} may have them "
            "anywhere in the text"
        )
    order = _order(text)
    if lead in use.equal:
        return _too_many(case, use, order)
    if order[:1] == [lead] and use.equal and not {*use.equal} & {*index.keys}:
        return _walked(case, next(filter(stem_of, use.equal), use.equal[0]))
    if index.plain and not re.search(rf"\b{re.escape(lead)}\b", text, re.IGNORECASE):
        return f"the query neither compares nor sorts by {lead}"
    return ""


def _order(text: str) -> list[str]:
    """The columns that a query sorts by, as it writes them."""
    found = _ORDERED.search(text)
    return [part.split()[0].rpartition(".")[2].strip('"') for part in found[1].split(",")
            if part.split()] if found else []  # fmt: skip


def _too_many(case: _Case, use: Use, order: list[str]) -> str:
    """One value stands in too many rows, which are fetched one by one."""
    index, lead, rows = case.index, case.index.keys[0], case.rows
    table = next(t for t in case.before.schema.tables if t.name == index.table)
    values = next((len(c.values) for c in table.columns if c.name == lead), 0)
    rest = [c for c in use.equal if c not in index.keys]
    unsorted = [c for c in order if c not in index.keys]
    if not (rest or unsorted):
        return ""
    then = f", of which {' and '.join(rest)} keeps few" if rest else " and sorted"
    if 1 < values <= _FEW:
        each = f", {rows // values:,} of {rows:,} rows where they lie evenly" if rows else ""
        return f"{lead} has {values} values: one of them stands in too many rows{each}{then}"
    parents = case.parents(lead)
    if parents and rows // parents >= _MANY:
        return (
            f"one {lead} has {rows:,} / {parents:,} = {rows // parents:,} rows on average, more "
            f"for the largest, and all of them are fetched{then}"
        )
    return ""


def _walked(case: _Case, column: str) -> str:
    """It has the order alone: it is read past the rows of all others."""
    parents = case.parents(column)
    each = f": one row in {parents:,} is the right one, where they lie evenly" if parents else ""
    return (
        f"it holds the order and not {column}, so it is walked past the rows of every other "
        f"{column}{each}"
    )


def _parents(before: Database, table: str, column: str, request: str) -> int:
    """How many different values a reference has: as told in the words; 0 where they tell none."""
    owner = next((k.references for k in before.schema.foreign_keys
                  if k.table == table and k.columns == (column,)), "")  # fmt: skip
    stem = stem_of(column) or owner
    for name in filter(None, {owner, stem}):
        bare = re.escape(name.rstrip("s"))
        found = re.search(rf"\b{_FIGURE} (?:\w+ )?{bare}(?:s|es)?\b", request, re.IGNORECASE)
        if found:
            unit = _UNITS[(found["u"] or "").lower()]
            return round(float(found["n"].replace(",", "")) * unit)
    return 0
