"""A query for words that name no column: whose rows, which state, since when, in what order.

Each part rests on words, which are quoted beside what was made of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from blueproof.advisors.known.reproduction.counts import counted
from blueproof.advisors.known.reproduction.naming import name_table, said_of
from blueproof.advisors.known.reproduction.reproduction import Assumed
from blueproof.advisors.known.reproduction.told import Written
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote_table

_OWNERS = (
    r"user|customer|tenant|account|org|organi[sz]ation|company|team|project|shop|store|device"
    r"|sensor|vendor|client|member|author|merchant|workspace|channel|conversation|room|product"
    r"|category|group|site|patient|student|driver|vehicle|campaign|seller|host|employee|agent"
)
_COLUMN = LatePattern(r"\b[a-z]+(?:_[a-z]+)*_(?:id|code|type|uuid|key)\b")
_OWNER = LatePattern(
    rf"\b(?:per|for (?:a|an|each|one|the|every|some|our|big|single)|of (?:a|an|one|each|every)"
    rf"|by|each|one|given|specific|particular|single)\s+(?P<of>{_OWNERS})(?:'s|s')?\b"
    rf"|\b(?P<multi>multi-?tenant\w*)|\b(?P<role>{_OWNERS})(?:'s|s')\s+\w+",
    re.IGNORECASE,
)
_STATE = LatePattern(
    r"\b(?P<state>open|pending|active|unpaid|queued|failed|draft|published|overdue|available"
    r"|scheduled|unassigned|completed|in-progress)\s+(?:\w+\s+)?(?P<of>[a-z]+s)\b"
    r"|\b(?:by|on|of|with(?: a| the)?)\s+(?P<status>status|state)\b",
    re.IGNORECASE,
)
_UNREAD = LatePattern(r"\bunread\b|\bunseen\b|\bunprocessed\b", re.IGNORECASE)
_SINCE = LatePattern(
    r"\b(?:last|past|previous|this)\s+(?P<n>\d+\s+)?(?P<unit>hour|day|week|month|quarter|year)s?\b"
    r"|\b(?P<range>date range|time range|range of dates|between (?:two )?dates|by (?:date|day"
    r"|time)|by month|and (?:date|day|timestamp)\b)",
    re.IGNORECASE,
)
_SEARCH = LatePattern(
    r"\b(?:search(?:\s*(?:box|bar|field|page))?|searching|autocomplete|type-?ahead|find (?:\w+ "
    r")?by name"
    r"|contains? (?:a |some )?text|i?like query|free[- ]text)\b",
    re.IGNORECASE,
)
_SEARCHED = LatePattern(
    r"\b(?P<c>name|title|description|email|subject|body|content|address|notes?|message|sku)s?\b",
    re.IGNORECASE,
)
_NEWEST = LatePattern(
    r"\b(?:newest|latest|most recent|recent|chronological\w*|by date|last \d+|timeline|feed"
    r"|history|inbox)\b",
    re.IGNORECASE,
)
_BEST = LatePattern(
    r"\b(?:most popular|top \d*|leaderboard|highest|best[- ]selling|ranking|ranked)\b",
    re.IGNORECASE,
)
_AMOUNT = LatePattern(r"\bsorts? by (?P<by>amount|price|total|score|name)\b", re.IGNORECASE)
_EACH = LatePattern(
    rf"\b(?:latest|newest|last|most recent|current)\s+\w+\s+(?:per|for each|of each|for every"
    rf"|by)\s+(?P<of>{_OWNERS})\b",
    re.IGNORECASE,
)
_COUNT = LatePattern(
    r"\bcount(?:s|ing)?\b|\bnumber of\b|\bhow many\b|\bpage x of y\b|\btotal (?:count|number"
    r"|rows)\b|select count",
    re.IGNORECASE,
)
_SUMMED = LatePattern(
    r"\b(?:dashboard|report(?:s|ing)?|chart|graph|statistics|totals?|revenue|sum(?:s|med)?|average"
    r"|aggregat\w+|group(?:ed)? by|per (?:day|month|week|hour)|analytics)\b",
    re.IGNORECASE,
)
_PAGES = LatePattern(
    r"\b(?:deep pag\w+|last pages?|page \d{2,}|offset|later pages|high page|pagination|paging"
    r"|paginat\w+|\.range\()",
    re.IGNORECASE,
)
_DISTINCT = LatePattern(r"\b(?:select )?distinct\b", re.IGNORECASE)
_JSON = LatePattern(r"\bjsonb?\b", re.IGNORECASE)
_LOOKUP = LatePattern(
    r"\b(?:by|with|lookup (?:of|by)|look(?:ing)? up (?:\w+ )?by|unique)\s+(?:its |their |an? "
    r"|the )?"
    r"(?P<by>e-?mail|phone(?: number)?|slug|token|uuid|username|external id|sku|order number"
    r"|code|unique id|barcode)\b",
    re.IGNORECASE,
)
_OLD = LatePattern(
    r"\b(?:delet\w+|purg\w+|clean(?:ing|s|ed)?[ -]?up|archiv\w+)\b[^.?!]{0,60}\b(?:old|older"
    r"|expired|history|rows|records|data|logs)\b",
    re.IGNORECASE,
)
_NO_QUERY = LatePattern(
    r"\b(?:insert(?:s|ing)?|bulk load|import(?:s|ing)?|migrat\w+|deploy\w*|alter table|backup"
    r"|restore|vacuum\w*"
    r"|replica(?:s|tion)? lag|connections?|pool\w*|pgbouncer|locks?|deadlock\w*|build|ci"
    r"|pipeline|cold start"
    r"|wal|autovacuum|upgrade|n\+1|region|latency|index(?:es|ing)? (?:creation|build))\b",
    re.IGNORECASE,
)
_SAID = LatePattern(r"\"[^\"\n]{8,}\"")  # what some software said, in its words
_OF_QUERIES = LatePattern(
    r"\b(?:quer(?:y|ies|ying)|select|sql|search\w*|list(?:s|ing)?|page|feed|report\w*"
    r"|dashboard|filter\w*"
    r"|lookups?|look(?:ing)? up|log-?in|sign-?in|delet\w+|purg\w+|clean\w*|endpoint|screen"
    r"|view|table|fetch\w*|count\w*|timeline|inbox)\b",
    re.IGNORECASE,
)
_PAGE, _DEEP = 50, 100_000
_MONTH = "30 days"


@dataclass(kw_only=True)
class _Parts:
    """The parts of a query as they are found."""

    where: list[str]
    assumed: list[Assumed]
    order: str = ""
    tail: str = ""
    listed: bool = False

    def add(self, condition: str, says: str, word: str) -> None:
        self.where.append(condition)
        self.assumed.append(Assumed(says=says, why=f'"{word}"'))


def imply_query(text: str, plain: str) -> Written | None:
    """The query that the words imply, with what each part rests on; None where they are too few.

    `plain` is the text without the names of technologies, of which a table may be named.
    """
    table = name_table(plain)
    if _NO_QUERY.search(_SAID.sub(" ", text)) or not counted(text):
        return None
    if not _OF_QUERIES.search(text):
        return None
    parts = _Parts(where=[], assumed=[])
    name = table or "records"
    why = said_of(name, text)
    parts.assumed.append(Assumed(says=f"the table is called {name}", why=why))
    _conditions(text, parts)
    _ordered(text, parts)
    sql = next((sql for write in _FORMS if (sql := write(text, name, parts))), "")
    if not sql or (not parts.where and not parts.tail and not _aggregates(text)):
        return None
    return Written(sql=sql, table=name, assumed=tuple(parts.assumed))


def _named(text: str, parts: _Parts) -> None:
    """Columns that stand in the words as such: "with project_id filter"."""
    for name in dict.fromkeys(_COLUMN.findall(text)):
        parts.add(f"{name} = ${len(parts.where) + 1}", f"by {name}", name)


def _conditions(text: str, parts: _Parts) -> None:
    _named(text, parts)
    if not parts.where and (owner := _OWNER.search(text)):
        of = (owner["of"] or owner["role"] or "tenant").lower()
        by = "name" if text[owner.end() :].lower().startswith(" name") else "id"
        parts.listed = True
        parts.add(f"{of}_{by} = ${len(parts.where) + 1}", f"by {of}_{by}", owner[0])
    if _JSON.search(text):
        found = _JSON.search(text)
        assert found is not None, "it was searched"
        column = "metadata" if "metadata" in text.lower() else "data"
        parts.add(f"{column}->>'kind' = ${len(parts.where) + 1}", f"by a key of {column}", found[0])
    if state := _STATE.search(text):
        word = (state["state"] or "").lower()
        value = f"'{word}'" if word else f"${len(parts.where) + 1}"
        parts.listed = True
        parts.add(f"status = {value}", "by status", state[0])
    if unread := _UNREAD.search(text):
        parts.listed = True
        parts.add("read_at IS NULL", "of those without read_at", unread[0])
    if lookup := _LOOKUP.search(text):
        by = re.sub(r"\W+", "_", lookup["by"].lower()).replace("e_mail", "email")
        parts.add(f"{by} = ${len(parts.where) + 1}", f"by {by}", lookup[0])
    if search := _SEARCH.search(text):
        named = _SEARCHED.search(text)
        column = named["c"].lower().rstrip("s") if named else "name"
        parts.add(f"{column} ILIKE '%' || ${len(parts.where) + 1} || '%'",
                  f"what is typed is looked for anywhere in {column}", search[0])  # fmt: skip
    if since := _SINCE.search(text):
        window = (
            f"{(since['n'] or '1 ').strip()} {since['unit'].lower()}s" if since["unit"] else _MONTH
        )
        window = window.replace("1 quarters", "3 months")
        parts.add(f"created_at >= now() - interval '{window}'", f"since {window}", since[0])


def _ordered(text: str, parts: _Parts) -> None:
    for pattern, order, says in (
        (_AMOUNT, "", ""),
        (_BEST, "score DESC", "sorted by score, highest first"),
        (_NEWEST, "created_at DESC", "sorted by created_at, newest first"),
    ):
        if found := pattern.search(text):
            parts.order = f"\nORDER BY {order or found['by'].lower()}"
            told = says or f"sorted by {found['by'].lower()}"
            parts.assumed.append(Assumed(says=told, why=f'"{found[0]}"'))
            parts.tail = f"\nLIMIT {_PAGE}"
            return


def _aggregates(text: str) -> bool:
    return any(p.search(text) for p in (_SUMMED, _DISTINCT, _OLD, _EACH))


def _where(parts: _Parts) -> str:
    return f"\nWHERE {' AND '.join(parts.where)}" if parts.where else ""


def _of_old(text: str, table: str, parts: _Parts) -> str:
    if not (found := _OLD.search(text)):
        return ""
    parts.assumed.append(Assumed(says="what is older than 90 days goes", why=f'"{found[0]}"'))
    return f"DELETE FROM {quote_table(table)}\nWHERE created_at < now() - interval '90 days'"


def _of_each(text: str, table: str, parts: _Parts) -> str:
    if not (found := _EACH.search(text)):
        return ""
    of = f"{found['of'].lower()}_id"
    parts.assumed.append(Assumed(says=f"the newest row of each {of}", why=f'"{found[0]}"'))
    return f"SELECT DISTINCT ON ({of}) * FROM {quote_table(table)}\nORDER BY {of}, created_at DESC"


def _of_count(text: str, table: str, parts: _Parts) -> str:
    if not parts.where or not (found := _COUNT.search(text)):
        return ""  # all rows: no index helps, and an entry says what does
    parts.assumed.append(Assumed(says="a count is what is slow", why=f'"{found[0]}"'))
    return f"SELECT count(*) FROM {quote_table(table)}{_where(parts)}"


def _of_sums(text: str, table: str, parts: _Parts) -> str:
    if parts.tail or not (found := _SUMMED.search(text)) or _SEARCH.search(text):
        return ""
    if not any("created_at" in each for each in parts.where):
        parts.where.append(f"created_at >= now() - interval '{_MONTH}'")
    parts.assumed.append(
        Assumed(says="a count and a sum of amount by day, of the last month", why=f'"{found[0]}"')
    )
    return (
        f"SELECT date_trunc('day', created_at) AS day, count(*), sum(amount)\n"
        f"FROM {quote_table(table)}{_where(parts)}\nGROUP BY 1\nORDER BY 1"
    )


def _of_distinct(text: str, table: str, parts: _Parts) -> str:
    if not (found := _DISTINCT.search(text)):
        return ""
    parts.assumed.append(Assumed(says="the different values of category", why=f'"{found[0]}"'))
    return f"SELECT DISTINCT category FROM {quote_table(table)}{_where(parts)}"


def _of_pages(text: str, table: str, parts: _Parts) -> str:
    if not (found := _PAGES.search(text)):
        return ""
    parts.order = parts.order or "\nORDER BY created_at DESC"
    parts.tail = f"\nLIMIT {_PAGE} OFFSET {_DEEP}"
    parts.assumed.append(
        Assumed(says=f"pages by OFFSET, after {_DEEP:,} rows", why=f'"{found[0]}"')
    )
    return f"SELECT * FROM {quote_table(table)}{_where(parts)}{parts.order}{parts.tail}"


def _of_rows(_text: str, table: str, parts: _Parts) -> str:
    if parts.listed and not parts.tail:
        _as_page(parts)
    return f"SELECT * FROM {quote_table(table)}{_where(parts)}{parts.order}{parts.tail}"


def _as_page(parts: _Parts) -> None:
    """The newest first, as lists are shown."""
    parts.order, parts.tail = "\nORDER BY created_at DESC", f"\nLIMIT {_PAGE}"
    parts.assumed.append(Assumed(says=f"the newest {_PAGE} are shown", why="you tell no order"))


_FORMS: tuple[Callable[[str, str, _Parts], str], ...] = (
    _of_old, _of_each, _of_sums, _of_count, _of_distinct, _of_pages, _of_rows,
)  # fmt: skip
