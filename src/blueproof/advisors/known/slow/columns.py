"""Columns in running words and in pieces of SQL: comparisons, and lists after "by"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.slow.story import Condition, Sort, Use
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import stem_of

_NAME = r"[`\"]?[a-z_][a-z0-9_]*[`\"]?"
_JSON = rf"{_NAME}(?:\s*->\s*'[^']+')*\s*->>\s*'[^']+'"
_CALL = r"(?:lower|upper|date|date_trunc|to_char|extract|year|month|coalesce|trim)\s*\([^()]*\)"
# A table may stand before the column; a cast to a date cuts the time off like a function does.
_COLUMN = rf"(?:(?P<table>{_NAME})\.)?(?P<column>{_JSON}|{_CALL}|{_NAME})(?P<cast>::(?:date|text))?"
_NOW = r"now\(\)(?:\s*[-+]\s*interval\s*'[^']*')?|current_(?:date|timestamp)"
_VALUE = rf"(?:{_NOW}|'[^']*'|\"[^\"]*\"|\$\d+|:\w+|%s|\?|<[^<>\s]+>|\{{[^{{}}]*\}}|[\w.-]+)"
_COMPARED = LatePattern(
    rf"(?<![\w.$]){_COLUMN}\s*(?:"
    rf"(?P<null>\bis\s+(?:not\s+)?null\b|[:=]\s*(?:nil|null|None)\b)"
    # "its like 20 s" is no comparison: LIKE has a pattern in quotes or stands in capitals
    rf"|(?P<like>\bnot\s+i?like\b|\bilike\b|(?-i:\bLIKE\b)|\blike(?=\s*'))\s*"
    rf"(?P<pattern>'[^']*'|\"[^\"]*\")?"
    rf"|(?P<member>\bnot\s+in\b|\bin)\s*\("
    rf"|(?P<range>\bbetween\b|[<>]=?(?![<>@]))\s*(?P<end>{_VALUE})"
    rf"|(?P<holds>@>)"
    rf"|(?P<equals>={{1,3}}(?!>))\s*(?P<value>{_VALUE})"
    rf")",
    re.IGNORECASE,
)
_KEYED = LatePattern(rf"(?<![\w.$])(?:{_NAME}\.)?(?P<column>{_JSON})", re.IGNORECASE)
_NAMED = LatePattern(
    r"\bbetween\b[^.?!\n]{0,60}?\(\s*(?:the )?columns?\s+(?P<column>[a-z_][a-z0-9_]*)\s*\)",
    re.IGNORECASE,
)
_ANY = LatePattern(rf"=\s*any\s*\(\s*(?P<column>{_NAME})\s*\)", re.IGNORECASE)
# "LIKE '%foo%' on users.username": the pattern first, then what is searched for it
_LIKE_ON = LatePattern(
    rf"\b(?P<like>i?like)\s+(?P<pattern>'[^'\n]*')\s*\)?\s+(?:on|over|against)\s+"
    rf"(?:the\s+)?(?:column\s+)?(?:(?P<table>{_NAME})\.)?(?P<column>{_NAME})(?![\w.])",
    re.IGNORECASE,
)
_KEY = LatePattern(
    rf"\b(?:key|field|property)\s+(?P<key>{_NAME})\s+(?:of|in|inside|within)\s+(?:the|our|a|an)?\s*"
    rf"(?:jsonb?)?\s*(?:column|field)?\s*(?P<column>{_NAME})",
    re.IGNORECASE,
)
_ITEM = LatePattern(
    rf"\s*\(?(?:(?:the|our|an?|its|their|by|on|columns?|fields?)\s+)*{_COLUMN}"
    r"(?:\s+(?:columns?|fields?))?"
    r"(?:\s*=\s*(?:'[^']*'|[\w?$:%.-]+))?"
    r"(?P<like>\s+(?:with|using|by)\s+i?like\b)?"
    r"(?P<range>\s+(?:ranges?\b|between\b|(?:in|within|over|from)\s+the\s+last\b|since\b|last\b"
    r"|older\b|newer\b|before\b|after\b|[<>]=?))?"
    r"(?:\s+(?P<way>desc|asc)(?:ending)?\b"
    r"|\s*\(?(?P<newest>newest|latest|most recent)(?:\s+first)?\)?)?",
    re.IGNORECASE,
)
_SEPARATOR = LatePattern(
    r"\s*(?:\([^()]{1,40}\)\s*)?(?:,|&|\+|/|\band\b|\bplus\b|(?P<either>\bor\b))\s*(?:\band\b"
    r"|\bthen\b)?",
    re.IGNORECASE,
)
_FILTERS = LatePattern(
    r"\bfilter(?:s|ed|ing)?(?:\s+(?P<of>\w+))?\s+(?:by|on)\b"
    r"|\bfilters?\s*(?:is|are|:)(?=\s)"
    r"|\blook(?:s|ed|ing)?\s+(?:\w+\s+){0,2}?up\s+(?:\w+\s+){0,2}?by\b"
    r"|\blook(?:ed)?-?up(?:s|ed)?\s+(?:is\s+|are\s+)?by\b"
    r"|\b(?:quer(?:y|ies|ied|ying)|search(?:es|ed|ing)?|select(?:s|ed|ing)?|find(?:s|ing)?)"
    r"\s+(?:\w+\s+)??(?:(?P<those>\w+)\s+)?by\b"
    r"|\bparameters\s+are\b|\bWHERE\b"
    r"|(?<!order )(?<!ordered )(?<!ordering )(?<!sort )(?<!sorted )(?<!sorts )(?<!sorting )"
    r"(?<!group )(?<!grouped )(?<!groups )(?<!grouping )(?<!partition )(?<!partitioned )"
    r"(?<!indexed )(?<!joined )"
    r"\bby\s+(?=[a-z]\w*_(?:id|uuid)\b)"
    r"|\b(?:filters?|(?:query|queries|lookups?)\s+(?:for|on))\s+(?=[a-z]\w*_\w)"
    r"|\b(?:of|for) (?:one|an?|a given|a single|a specific)\s+(?=[a-z]\w*_id\b)",
    re.IGNORECASE,
)
_SORTS = LatePattern(
    r"\border(?:s|ed|ing)?(?:\s+(?:it|them|is|are))?\s+by\b|\bsort(?:s|ed"
    r"|ing)?(?:\s+\w+){0,4}?\s+by\b"
    r"|\b(?P<newest>last|latest|newest|most recent|top)\s+\d+\s+(?:\w+\s+)?by\b",
    re.IGNORECASE,
)
# Words after "by" or "where" that are no columns.
_NO_COLUMN = frozenset(
    "use uses using via paged paginated shown limited filtered grouped joined a an and "
    "any are at be best by can cursor default desc distance django do each every "
    "everything filter first for from get group hand has have he how i if in is it its just "
    "last latest like limit many me month more most my need new newest not now of offset oldest "
    "on one or order our page paginate postgres postgresql prisma query rails rank rds recent "
    "recently relevance same select set several she show so some something sort sql still "
    "supabase takes than that the their them then there these they thing things this time to "
    "two up us user's users various via was we week what when where which who with year you "
    "your".split()
)
# What may stand after a plain noun that is a column: "by status and", not "by customer name".
_ENDS = LatePattern(
    r"\s*(?:$|[,.;:?!()&+/=\n-]|(?:and|or|plus|then|desc|asc|is|are|in|on|with|from|for|over|limit"
    r"|it|we|this|takes?|took|but|which|that|because|when|so|needs?)\b)",
    re.IGNORECASE,
)
_DATED = LatePattern(
    r"(?:_at|_on|date|_time|time|timestamp|_ts|created|updated|day)$|^(?:ts|date|day)",
    re.IGNORECASE,
)
_SETTING = LatePattern(
    r"(?:_mem|_cost|_buffers|_timeout|_size|_connections|_limit|_workers|_delay|_factor|_mode"
    r"|_version|_duration|_scale|_segments|_target|_cache|_class|_feedback)$",
    re.IGNORECASE,
)
# "filter payouts by": a word for rows may be the table's name; these are rows of any.
_PLURAL = LatePattern(
    r"(?!(?:rows|records|results|things|items|values|entries|always)\b)[a-z_]{3,}s",
    re.IGNORECASE,
)
_OTHER_COLUMN = LatePattern(r"[a-z]+(?:_[a-z]+)+", re.IGNORECASE)
_JOINED = LatePattern(r"=\s*[a-z_]\w*\.[a-z_]\w*", re.IGNORECASE)
_BEFORE = LatePattern(
    r"(?:\b(?:where|and|or|having|filter(?:s|ed|ing)?(?:\s+(?:is|are|by|on))?)|[(:])\s*$",
    re.IGNORECASE,
)
_SPOKEN = frozenset({"two", "the", "these", "both", "a", "any", "given", "certain"})
_WHOLE = LatePattern(rf"{_NOW}|-?\d+(?:\.\d+)?", re.IGNORECASE)
_SLICES = ("date", "date_trunc", "to_char", "extract", "year", "month")
_PLAIN = frozenset(
    "actual and as buffers by cost cpu disk from group limit loops memory not offset on or "
    "order rows select set where width workers".split()
)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The conditions or sorts that were read, and whether they stand for one another by "or".

    `unfiltered` and `unordered` are whether it speaks of a filter or an order without its column.
    """

    filters: tuple[Condition, ...] = ()
    sorts: tuple[Sort, ...] = ()
    either: bool = False
    unfiltered: bool = False
    unordered: bool = False


def compared(text: str) -> Iterator[tuple[int, Condition]]:
    """Each comparison of a column with something, and where it stands."""
    for found in _COMPARED.finditer(text):
        name = _bare(found["column"])
        if not _may_be_column(found, name, text) or _JOINED.fullmatch(f"={found['value'] or ''}"):
            continue
        condition = _condition(found, name)
        if condition:
            yield found.start(), condition
    for found in _LIKE_ON.finditer(text):
        name, table = _bare(found["column"]), _bare(found["table"] or "")
        if name.lower() not in _NO_COLUMN and (table or _is_sure(name)):
            use = _pattern(found["like"].lower(), found["pattern"])
            yield found.start(), Condition(column=name, use=use, table=table)
    for found in _ANY.finditer(text):
        yield found.start(), Condition(column=_bare(found["column"]), use="contains")
    for found in _NAMED.finditer(text):
        yield found.start(), Condition(column=_bare(found["column"]), use="range")
    for found in _KEYED.finditer(text):
        yield found.start(), Condition(column=_bare(found["column"]), use="equals")
    for found in _KEY.finditer(text):
        column = f"{_bare(found['column'])}->>'{_bare(found['key'])}'"
        yield found.start(), Condition(column=column, use="equals")


def _may_be_column(found: re.Match[str], name: str, text: str) -> bool:
    """Whether the name left of an operator is a column: no setting, no figure of a plan, no prose.

    A plain word is one where it stands after WHERE or the like, or is compared with a text.
    """
    if name.lower() in _NO_COLUMN | _PLAIN or "__" in name or _SETTING.search(name):
        return False
    if _is_sure(name) or found["table"] or found["holds"]:
        return True
    against = f"{found['value'] or ''}{found['pattern'] or ''}{text[found.end() : found.end() + 1]}"
    quoted = bool(found["value"] or found["pattern"] or found["member"]) and "'" in against
    return quoted or bool(_BEFORE.search(text[: found.start()]))


def _condition(found: re.Match[str], name: str) -> Condition | None:
    """The comparison as a condition; None for those that no index serves: NOT LIKE, NOT IN."""
    table = _bare(found["table"] or "")
    sliced = _slice(name, found["cast"] or "")
    if sliced:
        return Condition(column=_inside(name), use="range", table=table, sliced=sliced)
    use, where = _use(found, name)
    return Condition(column=name, use=use, table=table, where=where) if use else None


def _use(found: re.Match[str], name: str) -> tuple[Use | None, str]:
    """How the column is compared, and the condition where it is told whole."""
    told = f"{found['null'] or ''}{found['like'] or ''}{found['member'] or ''}".lower()
    value = (found["value"] or "").lower()
    use: Use | None = "equals"
    where = f"{name} = {found['value']}" if value.startswith("'") else ""
    if told.startswith("not") or (found["range"] and _OTHER_COLUMN.fullmatch(found["end"])):
        use = None
    elif found["null"]:
        use, where = "fixed", f"{name} IS {'NOT ' * ('not' in told.split())}NULL"
    elif value in {"true", "false"}:
        use, where = "fixed", f"{name} = {value}"
    elif found["like"]:
        use = _pattern(told, found["pattern"] or "")
    elif found["range"] and found["end"].lower() in _SPOKEN and stem_of(name):
        use = "equals"  # the rows of one device_id between two points in time
    elif found["range"] and found["range"][0] in "<>" and _WHOLE.fullmatch(found["end"]):
        use, where = "range", f"{name} {found['range']} {found['end']}"
    elif found["member"] or found["range"] or found["holds"]:
        use = "one-of" if found["member"] else "range" if found["range"] else "contains"
    return use, where


def _slice(name: str, cast: str) -> str:
    """The function that cuts a time to a day or month, if one is around the column."""
    call = name.partition("(")[0].strip().lower()
    return "::date" if cast == "::date" else call if "(" in name and call in _SLICES else ""


def _inside(name: str) -> str:
    """The column inside a function of time: its last name."""
    inner = name.partition("(")[2].rpartition(")")[0] or name
    return _bare(re.split(r",|\bfrom\b", inner, flags=re.IGNORECASE)[-1].strip())


def _pattern(like: str, pattern: str) -> Use:
    bare = pattern.strip("'\"")
    starts = like == "like" and bare.endswith("%") and not bare.startswith(("%", "_"))
    return "starts-with" if starts else "contains-text"


def _bare(name: str) -> str:
    return " ".join(name.split()).strip('`" ')


def listed(text: str) -> Listed:
    """What stands in lists after "filter by", "look up by", WHERE and "sort by"."""
    filters, sorts = [], []
    either = unfiltered = unordered = False
    for lead in _FILTERS.finditer(text):
        items = [*_items(text, lead.end(), strict=lead[0].lower() == "where")]
        either |= any(joined for _, joined in items)
        unfiltered |= not items and lead[0].lower().startswith("filter")
        of = lead["of"] or lead["those"] or ""
        table = of if _PLURAL.fullmatch(of) else ""
        filters += [_told(item, table) for item, _ in items if not _JOINED.search(item[0])]
    for lead in _SORTS.finditer(text):
        items = [*_items(text, lead.end(), strict=False)]
        unordered |= not items
        sorts += [_sort(item, newest=bool(lead["newest"])) for item, _ in items]
    return Listed(
        filters=tuple(filters),
        sorts=tuple(sorts),
        either=either,
        unfiltered=unfiltered,
        unordered=unordered,
    )


def leads(text: str) -> bool:
    """Whether the words speak of filtering or sorting at all."""
    return bool(_SORTS.search(text) or re.search(r"\bfilter", text, re.IGNORECASE))


def searches(text: str) -> bool:
    """Whether any part of a text is searched, and no index of trigrams is told."""
    if re.search(r"trigram|trgm", text, re.IGNORECASE):
        return False
    return bool(re.search(r"\bi?like\s*\(?'%|\bilike\b", text, re.IGNORECASE))


def _items(text: str, at: int, *, strict: bool) -> Iterator[tuple[re.Match[str], bool]]:
    """The columns of a list, each with whether an "or" led to it; it ends at any other word.

    After WHERE, which stands in any sentence too, only what looks like a column counts.
    """
    either = False
    while item := _ITEM.match(text, at):
        name = _bare(item["column"])
        plain = not (_is_sure(name) or item["like"])
        if name.lower() in _NO_COLUMN or (plain and (strict or not _ENDS.match(text, item.end()))):
            return
        yield item, either
        joined = _SEPARATOR.match(text, item.end())
        if joined is None:
            return
        at, either = joined.end(), bool(joined["either"])


def _is_sure(name: str) -> bool:
    return "_" in name or "(" in name or "->" in name


def _told(item: re.Match[str], table: str) -> Condition:
    name = _bare(item["column"])
    dated = bool(_DATED.search(name)) and "=" not in item[0]
    ranged = (bool(item["range"]) and not stem_of(name)) or dated
    sliced = _slice(name, item["cast"] or "")
    use: Use = "range" if ranged or sliced else "contains-text" if item["like"] else "equals"
    return Condition(
        column=_inside(name) if sliced else name,
        use=use,
        table=_bare(item["table"] or "") or table,
        sliced=sliced,
    )


def _sort(item: re.Match[str], *, newest: bool) -> Sort:
    down = (item["way"] or "").lower() == "desc" or bool(item["newest"]) or newest
    return Sort(column=_bare(item["column"]), descending=down, table=_bare(item["table"] or ""))
