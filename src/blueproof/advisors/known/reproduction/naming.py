"""What a table is called of which the words only speak: "our inbox shows tickets"."""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.building import plural
from blueproof.advisors.known.reproduction.counts import nouns
from blueproof.advisors.known.reproduction.mentioned import looks_like_column
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_NOT_SAID = "you name none"
_NO_TABLE = frozenset(
    "rows records entries results queries seconds times pages users' indexes items' columns "
    "filters things days weeks months years hours minutes millions thousands postgres tables "
    "was is has this its databases views reports ms status always sometimes others lots plans "
    "options scans cores connections workers lists series access process previous rds aws sorts "
    "takes does loads shows displays fetches returns finds searches gets needs uses slows runs "
    "joins ids values keys fields less press address addresses business class us as yes news "
    "analytics details statistics stats settings tests logs' servers instances customers' "
    "requests clients lookups deletes updates inserts selects counts cases ways parts bytes gb "
    "mb tuples lines".split()
)
_OWN = r"[`\"]?(?P<noun>[a-z]\w*_\w+|[a-z]{3,}s)[`\"]?"
_DOCUMENTS = LatePattern(r"\b\d[\d.,]*\s*(?:k|m|million|mio)\s+(documents)\b", re.IGNORECASE)
_NOT_ROWS = r"(?!\s+(?:column|query|page|index|field))"
_MADE_OF_PARTS = tuple(
    LatePattern(pattern, re.IGNORECASE)
    for pattern in (
        # a name with its schema: core.memberships (6 million rows)
        r"(?<![\w.@/])[a-z][a-z0-9_]*\.(?P<noun>[a-z]\w{2,})\s*(?:\(|has|have|holds?|contains?"
        r"|is at|with"
        r"|table|grew)\s*(?:about |around |roughly |~ ?)*\d",
        # a name with an underscore that stands where a table stands
        r"(?<![\w.])[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?\s+(?:rows?|records?|entries|table)\b",
        r"\brows?\s+(?:each\s+)?(?:in|of|from|over|into|per)\s+(?:the\s+|table\s+|our\s+)*"
        rf"[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?{_NOT_ROWS}",
        r"\b(?:the|our|my)\s+table\s+is\s+(?:called\s+)?[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?"
        r"(?=\s*[,.;:(]|\s+(?:which|with|and|has)\b)",
        r"\b(?:table|tables)\s+(?:called\s+|named\s+)?[`\"](?P<noun>\w+)[`\"]",
        r"(?<![\w.])[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?\s*(?:\(|,|:)?\s*(?:has|have|with|at|of"
        r"|holds?"
        r"|contains?|keeps?|is at|is|now)?\s*(?:about |around |roughly |nearly |over |some "
        r"|already "
        r"|~ ?)*\d[\d.,]*\s*(?:k|m|b|bn|million|billion|mio)?\b",
        r"(?<![\w.])[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?\s+(?:(?:has|have)\s+(?:grown|gone|come)"
        r"|filtered|ordered|sorted|grows|grew|gets|keeps|holds|contains"
        r"|stores)\b",
        r"\b(?:from|in|over|against|out of|into|on)\s+(?:the\s+|our\s+|table\s+)*"
        rf"[`\"]?(?P<noun>[a-z]\w*_\w+)[`\"]?{_NOT_ROWS}",
    )
)
_A_ROW_IN = LatePattern(
    r"\b(?:rows?|records?)\s+(?:in|of)\s+(?:the\s+|table\s+)?(?P<noun>[a-z]\w{2,})\s+(?:has|have"
    r"|holds?"
    r"|is|are|consists?)\b",
    re.IGNORECASE,
)
_HAS_COLUMNS = LatePattern(
    r"\b(?P<noun>[a-z]\w{2,})\s+has\s+(?:the\s+columns?\s+)?[a-z]+_[a-z]\w*\s*(?:,|and\b)"
    r"|\btable\s+called\s+(?P<called>[a-z]\w+)\b",
    re.IGNORECASE,
)
_SURE = tuple(
    LatePattern(pattern, re.IGNORECASE)
    for pattern in (
        # what is said outright to be a table: "the properties column of ahoy_events"
        rf"\bcolumns?\s+(?:\w+\s+)?(?:of|in|on|from)\s+(?:the\s+|our\s+|my\s+)?(?:table\s+)?{_OWN}"
        r"(?!\s+(?:column|query|page))",
        rf"\b(?:is|as|from|of|in|on|to)\s+(?:the|our|my|a)\s+(?:\w+\s+)?table\s+{_OWN}",
        r"\b(?P<noun>[a-z]\w*_\w+)\s*(?:\(|,|:)?\s*(?:has|with|at|of|holds?)?\s*(?:about "
        r"|around |~)?"
        r"\d[\d.,]*\s*(?:k|m|b|bn|million|billion|mio)?\b\s*rows",
        # with its columns in brackets: readings(sensor_id, ts, value)
        r"(?<!index on )(?<!index )(?<!unique )\b(?!indexe?s?\b|b-?trees?\b|columns?\b|keys?\b)"
        r"(?P<noun>[a-z]\w{2,})\s?\((?:[a-z]\w*\s*,\s*){1,12}[a-z]\w*\)",
        rf"\b(?:the|our|my)\s+{_OWN}\s+table\b",
        rf"\btable\s+{_OWN}(?=\s*[,(:.]|\s+(?:with|has|of)\b)",
    )
)
_IS_INDEX = LatePattern(r"^(?:idx|ix|index|pk|fk|pg)_|_(?:idx|index|ix|pkey|fkey|statements)$")
_SCHEMA = r"(?P<schema>[a-z][a-z0-9_]*)"
# What stands before a dot in code, and is no schema.
_NO_SCHEMA = frozenset("this self db prisma models model ctx context session supabase orm".split())
_PLURAL = r"(?P<noun>[a-z][a-z_]{2,}s)"
_WAYS = tuple(
    LatePattern(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_PLURAL}\s+(?:has|have|with|holds?)\s+(?:an?\s+|the\s+|columns?\s+)*[a-z]+_[a-z]\w*",
        rf"\bhow many\s+(?:\w+\s+)?{_PLURAL}\b",
        rf"\b{_PLURAL}\s+whose\b",
        rf"\b{_PLURAL}\s+(?:table\s+)?(?:has|have|had|holds?|contains?|with|is at)\s+"
        r"(?:about |around |roughly |nearly |over |~ ?)?\d",
        rf"\b(?:shows?|lists?|displays?|loads?|fetch(?:es|ing)?|returns?|gets?|finds?"
        rf"|search(?:es|ing)?|filter(?:s|ing)?|query(?:ing)?|selects?|counts?|counting|looking "
        rf"up|lookup of)\s+(?:all\s+|the\s+|our\s+|my\s+|a user'?s\s+|their\s+|latest\s+"
        rf"|newest\s+|recent\s+|open\s+|last\s+\d*\s*|\d+\s+)*{_PLURAL}\b",
        rf"\b{_PLURAL}\s+(?:table|list|page|search|endpoint|feed|screen|view|query|dashboard"
        rf"|overview|report|history|index)\b",
        rf"\b(?:list|page|feed|inbox|table|number|count|history|search|millions|thousands|rows"
        rf"|records)\s+(?:of|for|over|through|in)\s+(?:all\s+|the\s+|our\s+|my\s+"
        rf"|\w+\s+)??{_PLURAL}\b",
        rf"\b(?:our|my|the)\s+{_PLURAL}\b",
        r"\b(?P<noun>[a-z][a-z_]{3,})\s+(?:list|search|inbox|feed|history|table|log|page|screen)\b",
        r"\b(?P<noun>[a-z][a-z_]{2,})\s+(?:rows|records|entries)\b",
    )
)  # fmt: skip
_NOT_SINGULAR = frozenset(
    "million millions billion thousand old new more less many few all some million-row jsonb "
    "json log-in login mio index duplicate matching affected inserted deleted updated archived "
    "expired last first returned total removed those these historical data our my table sql "
    "other single show shows open load loading list listing full text search the slow this that "
    "long main infinite news next home landing large huge same each every which postgres "
    "postgresql admin detail sequential product's full-text keyword fuzzy simple big click "
    "error git deep web second another whole parent child lookup join summary temp staging "
    "target biggest largest busiest slowest hottest heaviest smallest bigger larger smaller busy "
    "hot central core existing entire only".split()
)


def said_of(table: str, text: str) -> str:
    """What a table's name rests on: the word itself, where it stands in the text."""
    return f'"{table}"' if re.search(rf"\b{re.escape(table)}\b", text, re.IGNORECASE) else _NOT_SAID


def without_technologies(brief: Brief) -> str:
    """The request with the names of technologies blanked: "our Rails app" speaks of no rails."""
    text = brief.request
    for fact in brief.facts:
        if fact.key == "technology" and fact.span:
            start, end = fact.span
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def is_thing(name: str) -> bool:
    """Whether a plural may be a table's name: no unit, no figure, no part of a page."""
    return name not in _NO_TABLE and singular_of(name) not in _NOT_SINGULAR


def singular_of(name: str) -> str:
    """The singular of a plural, in small letters."""
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def name_table(text: str) -> str:
    """The plural noun that the words speak of most clearly; "" where none is."""
    return next(name_tables(text), "")


def surely_named(text: str) -> Iterator[str]:
    """The names of several parts that stand where only a table stands: "from audit_events"."""
    for way in _MADE_OF_PARTS:
        for match in way.finditer(text):
            name = match["noun"]
            in_table = re.search(rf"[`\"]?{name}[`\"]?\s+table\b|\btable\s+is\s+[`\"]?{name}", text)
            if in_table or not (looks_like_column(name) or _IS_INDEX.search(name)):
                yield name
    for match in (*_A_ROW_IN.finditer(text), *_HAS_COLUMNS.finditer(text)):
        groups = match.groupdict()
        if (name := (groups["noun"] or groups["called"]).lower()) not in _NO_TABLE | _NOT_SINGULAR:
            yield name


def qualified(table: str, text: str) -> str:
    """The table with its schema, where the words say one: app.invoices."""
    own = re.escape(table)
    for match in re.finditer(rf"(?<![\w.@/'\"(]){_SCHEMA}\.{own}\b(?!\w|[(@/]|\.\w)", text):
        named = re.search(rf"\b{match['schema']}_?id\b", text, re.IGNORECASE)  # a relation of one
        if match["schema"] not in _NO_SCHEMA and not named:
            return f"{match['schema']}.{table}"
    return table


_SCANNED = LatePattern(
    r"\bscan on [`\"]?(?P<noun>[a-z_]\w*)"
    r"|\b(?:on|in|from|of|to) the [`\"]?(?P<own>[a-z_]\w*)[`\"]? table\b",
    re.IGNORECASE,
)


def as_spelled(text: str) -> Iterator[str]:
    """The tables that a plan or "the ... table" spells out, in the singular if they are."""
    for match in _SCANNED.finditer(text):
        name = match["noun"] or match["own"]
        if name.lower() not in _NO_TABLE | _NOT_SINGULAR:
            yield name


def name_tables(text: str) -> Iterator[str]:
    """The plural nouns that the words speak of, the clearest first."""
    yield from surely_named(text)
    for way in _SURE:
        for match in way.finditer(text):
            if match["noun"].lower() not in _NO_TABLE:
                yield match["noun"].lower()
    for noun in nouns(text):
        if noun.endswith("s") and noun not in _NO_TABLE:
            yield noun
    if counted := _DOCUMENTS.search(text):
        yield counted[1].lower()
    yield from _by_ways(text)


def _by_ways(text: str) -> Iterator[str]:
    """The nouns that stand where rows are listed, counted or searched."""
    for way in _WAYS:
        for match in way.finditer(text):
            noun = match["noun"].lower()
            if noun.endswith("s") and noun not in _NO_TABLE:
                yield noun
            if not noun.endswith("s") and noun not in _NOT_SINGULAR | _NO_TABLE:
                yield plural(noun)
