"""The query behind code of an object mapper or query builder, by the names of its calls.

Read are the ways of Django, Rails, SQLAlchemy, Prisma, Sequelize, TypeORM, Knex, Drizzle, Supabase,
Laravel, Entity Framework and Ecto. Models become tables as these libraries name them; a filter
that cannot be read is left out.
"""

import re
from collections.abc import Callable

from blueproof.advisors.known.reproduction.aliased import (
    join_relation,
    name_by,
    select_one,
    spelled_out,
)
from blueproof.advisors.known.reproduction.building import (
    Query,
    module_of,
    plural,
    spelled,
    table_of,
)
from blueproof.advisors.known.reproduction.calls import Call, bracketed, chain, pairs, parts
from blueproof.advisors.known.reproduction.comparing import (
    of_expression,
    of_pairs,
    of_positions,
    said,
    written,
)
from blueproof.advisors.known.reproduction.derived import read_derived
from blueproof.advisors.known.reproduction.either import with_either
from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import guess_column, snake
from blueproof.sql.guessing.seen import Seen
from blueproof.sql.names import quote, quote_table
from blueproof.sql.parameters import numbered

_STEPS = (
    r"where|order|joins?|left_joins|left_outer_joins|includes|find_by|unscoped|not|group|distinct"
    r"|count|select|eager_load|preload|limit|offset|all|pluck|exists|rank_by|sum"
)
_STARTS: tuple[tuple[LatePattern, str], ...] = (
    # what the code begins with, and how its table is named: after a model, or as it stands
    (LatePattern(r"\b(?P<t>[A-Z]\w+)\.objects\b"), "model"),
    (LatePattern(r"\bprisma\.(?P<t>\w+)(?=\.(?:find|count|aggregate|groupBy))"), "model"),
    (LatePattern(r"\b(?:session|db)\.query\(\s*(?P<t>[A-Z]\w+)[^()]*\)"), "model"),
    (LatePattern(r"\bselect\(\s*(?P<t>[A-Z]\w+)(?:\.\w+)?[^()]*\)(?=\s*\.)"), "model"),
    (LatePattern(rf"\b(?P<t>[A-Z]\w+)(?=\.(?:{_STEPS})\b)"), "model"),
    (LatePattern(rf"\b(?P<t>[A-Z]\w+)(?=\s*(?:\.[a-z_]+\s*)?\.(?:{_STEPS})\()"), "model"),
    (LatePattern(r"\b(?P<t>[A-Z]\w+)(?=::(?:where|query|with|latest|orderBy|select|join|count)\w*\()"),
     "model"),
    (LatePattern(r"\b(?P<t>[A-Z]\w+)(?=\.(?:findAll|findAndCountAll|findOne|createQueryBuilder)\()"),
     "model"),
    (LatePattern(r"\b(?P<t>\w+?)(?:Repository|Repo)(?=\.(?:find|count|createQueryBuilder))"),
     "model"),
    (LatePattern(r"\b(?:_?\w*[cC]ontext|_?[dD]b)\.(?P<t>[A-Z]\w+)(?=\s*\.(?:Where|Include|Order|Count"
                r"|Any|Select|AsNoTracking|Group|Skip|Take|First|Join)\w*\()"), "set"),
    (LatePattern(r"\bcurrent_user\.(?P<t>[a-z_]+s)(?=\.\w)"), "of user"),
    (LatePattern(r"\b(?:qs|queryset|query_set|query|scope|relation)(?=\.(?:annotate|filter|exclude"
                r"|order_by|where|orderBy|order|find[A-Z]\w+)\()"), "table"),
    (LatePattern(r"\bdb\.query\.(?P<t>\w+?)(?:Table)?(?=\.find(?:First|Many)\()"), "table"),
    (LatePattern(r"\.from\(\s*(?:['\"](?P<t>\w+)['\"]|(?P<v>\w+))\s*\)"), "table"),
    (LatePattern(r"(?:\bknex|\bdb|\bDB::table|(?<=\.)table)\(\s*['\"](?P<t>\w+)['\"]\s*\)"),
     "table"),
)  # fmt: skip
_ECTO = LatePattern(r"\bfrom\(?\s*(?P<alias>\w+) in (?P<t>\"?[A-Za-z_][\w.]*\"?)\s*,")
# A remark behind a call, up to the end of its line.
_REMARK = LatePattern(r"(?<=[\w)\]}!?;,][ \t])[ \t]*(?:#|//)[ \t][^\n]*(?=\n)")
_BARE = LatePattern(r"(?<![.\w])(?=find(?:First|Many|Unique)\(\s*\{)")
_STATE = LatePattern(r"\b(?P<column>state|status)\s*(?:={1,2}|:|is)\s*['\":](?P<value>[a-z_]\w*)")
_PAGE, _DEEP = 50, 100_000
_WINDOW = "30 days"  # since a time that the code has in a variable
_OWNERS = LatePattern(
    r"user|customer|account|author|owner|tenant|company|organi[sz]ation|team|project|shop|store"
    r"|device|client|member|parent|order|product|post|room|channel|category|group|site|event|vendor"
)
_SORTED = LatePattern(
    r"['\"]?(?P<minus>-)?(?:desc\(\s*"
    r"|asc\(\s*)?[`'\":]?(?:\w+\s*=>\s*)?(?:\w+\.)?(?P<name>[A-Za-z_]\w*)"
    r"['\"]?(?:\)|\s*(?:=>|:|,)\s*|\.|\s+)?\s*[:'\"{]*\s*(?:sort:\s*)?['\":]?"
    r"(?P<way>desc|asc|DESC|ASC)?"
)
_COUNTED = LatePattern(
    r"(?:(?P<as>\w+)\s*=\s*)?(?:models\.)?(?P<what>Count|Sum|Max|Min|Avg)\(\s*['\"](?P<of>\w+)['\"]"
    r"(?P<distinct>[^()]*distinct\s*=\s*True)?"
)


def read_calls(text: str, otherwise: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The statements behind the calls in a text, in their order.

    `otherwise` are the tables that calls may be of where no model is said: qs.annotate(...).
    """
    found: dict[int, str] = {}
    states = {m["value"]: m["column"] for m in _STATE.finditer(text)}
    text = _BARE.sub("query.", _REMARK.sub(lambda m: " " * len(m[0]), text))
    for pattern, naming in _STARTS:
        for start in pattern.finditer(text):
            groups = start.groupdict()
            name = groups.get("t") or groups.get("v") or ""
            calls = chain(text, start.end())
            name = name or _unsaid(calls, otherwise)
            if not calls or not name or name in _NO_MODEL:
                continue
            own = (
                name
                if naming in {"table", "of user"}
                else (spelled(name, text) or table_of(name, naming))
            )
            query = Query(table=f"{module_of(text[: start.start()])}{own}")
            _follow(query, calls, states, of_user=naming == "of user")
            if query.is_told:
                found.setdefault(start.start(), _clean(query))
    for at, query in read_derived(text, otherwise):
        found.setdefault(at, query.sql)
    for start in _ECTO.finditer(text):
        body = (
            bracketed(f"({text[start.end() :]})", 0)[0] if "(" in start[0] else text[start.end() :]
        )
        if (query := _of_ecto(start["t"].strip('"'), body)).is_told:
            found.setdefault(start.start(), _clean(query))
    return tuple(dict.fromkeys(numbered(found[at]).text for at in sorted(found)))


def _follow(
    query: Query, calls: tuple[Call, ...], states: dict[str, str], *, of_user: bool
) -> None:
    """Build the query up by the calls; a scope that is called as a state stands for that state."""
    if of_user:
        query.where.append(f"{query.column('user_id')} = ?")
    for call in calls:
        _apply(query, call)
        if call.name in states and not call.body:
            query.where.append(f"{query.column(states[call.name])} = '{call.name}'")


def _unsaid(calls: tuple[Call, ...], names: tuple[str, ...]) -> str:
    """The first of the names that the calls do not count themselves."""
    related = {m["of"] for call in calls for m in _COUNTED.finditer(call.body)}
    related |= {plural(name) for name in related}
    return next((name for name in names if name not in related), "")


def _clean(query: Query) -> str:
    """The statement; columns without their table where one alone is read."""
    sql = spelled_out(query)
    if query.joins:
        return sql
    return sql.replace(f"{quote_table(query.table)}.*", "*").replace(
        f"{quote_table(query.table)}.", "")  # fmt: skip


_NO_MODEL = frozenset("Math Object Array Promise JSON Date Count Sum Rails".split())


def _apply(query: Query, call: Call) -> None:
    name = call.name.rstrip("?!")
    step = (
        _BY_NAME.get(name) or _BY_NAME.get(name.removesuffix("Async")) or _BY_NAME.get(name.lower())
    )
    if step:
        step(query, call)


def _filter(query: Query, call: Call) -> None:
    _where(query, call.body)


def _where(query: Query, body: str, *, negated: bool = False) -> None:
    """Book the conditions of a call in whichever way they are written."""
    body = with_either(query, body, _where)
    text = said(body)
    found = [] if text else [*of_pairs(body)]
    found = (
        found or ([] if text else [*of_positions(body)]) or ([] if text else [*of_expression(body)])
    )
    conditions = [text] if text else []
    for path, sign, value in found:
        named = path.replace(".", "__") if "." in path else path
        if sign == "=" and value == "?" and _OWNERS.fullmatch(named):
            named = f"{named}_id"  # an object stands for its key
        if value == "?" and sign in {">", ">="} and _is_time(named):
            since = f"now() - interval '{_WINDOW}'"
            conditions.append(written(query.column(named), sign, since))
        else:
            conditions.append(written(query.column(named), sign, value))
    if negated and conditions:
        conditions = [f"NOT ({' AND '.join(conditions)})"]
    query.where += [c for c in conditions if c not in query.where]


def _is_time(name: str) -> bool:
    return guess_column(Seen(name=name.rpartition("__")[2])).kind in {"time", "seldom-time", "date"}


def _exclude(query: Query, call: Call) -> None:
    _where(query, call.body, negated=True)


def _compare(query: Query, call: Call) -> None:
    """.eq('a', x) and its kin, whose name is the sign."""
    found = parts(call.body)
    if found:
        signs = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "is": "IS",
                 "in": "IN", "like": "LIKE", "ilike": "ILIKE", "contains": "@>"}  # fmt: skip
        path, _, value = next(of_positions(call.body), (found[0].strip("'\""), "=", "?"))
        query.where.append(written(query.column(path), signs[call.name], value))


def _null(query: Query, call: Call) -> None:
    name = (parts(call.body) or ("",))[0].strip("'\"")
    query.where.append(f"{query.column(name)} IS {'NOT ' * ('Not' in call.name)}NULL")


def _one_of(query: Query, call: Call) -> None:
    name = (parts(call.body) or ("",))[0].strip("'\"")
    query.where.append(f"{query.column(name)} IN (?, ?)")


def _sort(query: Query, call: Call) -> None:
    bodies = parts(call.body)
    falls = "Descending" in call.name or call.name == "latest"
    if not bodies and call.name == "latest":
        query.order.append(f"{query.column('created_at')} DESC")
        return
    together = len(bodies) > 1 and bodies[1].strip("'\"").lower() in {"asc", "desc"}
    options = len(bodies) > 1 and bodies[1].startswith("{")
    texts = (", ".join(bodies),) if together else bodies[:1] if options else bodies
    for text in texts:
        found = _SORTED.match(text.strip("{[ "))
        if not found or found["name"].lower() in {"desc", "asc", "random", "rand"}:
            continue
        last = (
            re.search(r"(\w+)\s*$", text.rpartition("=>")[2])
            if "=>" in text and "." in text
            else None
        )
        name = last[1] if last else found["name"]
        if model := re.match(r"[A-Z]\w*\.(\w+)", text):
            name = model[1]
        down = (
            falls
            or found["minus"]
            or re.search(
                r"\bdesc\b|ascending:\s*false",
                f"{text} {call.body if options else ''}",
                re.IGNORECASE,
            )
        )
        query.order.append(f"{query.column(name)}{' DESC' * bool(down)}")


def _number(body: str, otherwise: int) -> int:
    found = re.search(r"\d[\d_]*", body)
    return int(found[0].replace("_", "")) if found else otherwise


def _limit(query: Query, call: Call) -> None:
    query.limit = _number(call.body, _PAGE)


def _first(query: Query, call: Call) -> None:
    if re.match(r"\{\s*(?:where|order|take|relations|select)\b", call.body.strip()):
        _find(query, call)
        query.limit = query.limit or (None if call.name == "find" else 1)
        return
    _where(query, call.body)
    query.limit = _number(call.body, 1) if call.body.isdecimal() else 1


def _offset(query: Query, call: Call) -> None:
    query.offset = _number(call.body, _DEEP)


def _cut(query: Query, call: Call) -> None:
    begun, _, ended = call.body.partition(":")
    query.limit, query.offset = max(int(ended) - int(begun), 1), int(begun)


def _ranged(query: Query, call: Call) -> None:
    numbers = re.findall(r"\d+", call.body)
    begun, ended = (
        (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 else (_DEEP, _DEEP + _PAGE - 1)
    )
    query.limit, query.offset = max(ended - begun + 1, 1), begun


def _count(query: Query, call: Call) -> None:
    query.counts = not query.counted
    if "=>" in call.body:
        _where(query, call.body)


def _distinct(query: Query, _call: Call) -> None:
    query.distinct = True


def _joined(query: Query, call: Call) -> None:
    if join_relation(query, call.name, call.body):
        return
    how = "LEFT JOIN" if call.name.lower() not in {"join", "joins", "innerjoin"} else "JOIN"
    for part in parts(call.body):
        found = re.fullmatch(r":?['\"]?(?:\w+\s*=>\s*\w+\.)?(?P<name>[A-Za-z_]\w*)['\"]?", part)
        if found:
            query.join(found["name"], how)


def _annotate(query: Query, call: Call) -> None:
    for found in _COUNTED.finditer(call.body):
        what = found["what"].lower()
        relation = found["of"] if what == "count" else found["of"].rpartition("__")[0]
        many = relation if relation.endswith("s") else plural(relation) if relation else ""
        table = query.join(many, "LEFT JOIN") if many else quote_table(query.table)
        name = "id" if what == "count" else found["of"].rpartition("__")[2]
        distinct = "DISTINCT " * bool(found["distinct"])
        alias = f" AS {found['as']}" if found["as"] else ""
        query.counted.append(f"{what}({distinct}{table}.{quote(name)}){alias}")


def _group(query: Query, call: Call) -> None:
    for part in parts(call.body):
        found = re.fullmatch(
            r":?['\"]?(?:\w+\s*=>\s*\w+\.)?(?:\w+\.)?(?P<name>[A-Za-z_]\w*)['\"]?", part
        )
        if found:
            query.group.append(query.column(found["name"]))


def _find(query: Query, call: Call) -> None:
    """findMany({ where: {...}, orderBy: {...}, take: 20 }) and its kin."""
    for name, value in pairs(call.body):
        if name == "where":
            _where(query, value)
        elif name in {"orderBy", "order"}:
            _sort_of(query, value)
        elif name in {"take", "limit"}:
            query.limit = _number(value, _PAGE)
        elif name in {"skip", "offset"}:
            query.offset = _number(value, _DEEP)
    query.limit = query.limit or (1 if call.name == "findFirst" else None)
    query.counts = call.name in {"count", "findAndCountAll"} or query.counts


def _sort_of(query: Query, value: str) -> None:
    for name, way in re.findall(
        r"['\"\[{]?\s*([A-Za-z_]\w*)['\"]?\s*[:,]\s*['\"]?(asc|desc)", value, re.IGNORECASE
    ):
        query.order.append(f"{query.column(name)}{' DESC' * (way.lower() == 'desc')}")


def _of_ecto(name: str, body: str) -> Query:
    query = Query(table=name if name.islower() else plural(snake(name.rpartition(".")[2])))
    for key, value in pairs(body):
        if key == "where":
            _where(query, value.replace("^", ""))
        elif key == "order_by":
            for way, column in re.findall(r"(?:(asc|desc):\s*)?\w+\.(\w+)", value):
                query.order.append(f"{query.column(column)}{' DESC' * (way == 'desc')}")
        elif key == "distinct" and (column := re.search(r"\w+\.(\w+)", value)):
            query.distinct_on = query.column(column[1])
        elif key == "limit":
            query.limit = _number(value, _PAGE)
        elif key == "offset":
            query.offset = _number(value, _DEEP)
    return query


_BY_NAME: dict[str, Callable[[Query, Call], None]] = {
    **dict.fromkeys(("where", "filter", "filter_by", "find_by", "andWhere", "Where", "get",
                     "get_object_or_404", "whereDate", "having"), _filter),
    **dict.fromkeys(("exclude", "not"), _exclude),
    **dict.fromkeys(("eq", "neq", "gt", "gte", "lt", "lte", "is", "in", "like", "ilike",
                     "contains"), _compare),
    **dict.fromkeys(("whereNull", "whereNotNull"), _null),
    **dict.fromkeys(("whereIn",), _one_of),
    **dict.fromkeys(("order", "order_by", "orderBy", "OrderBy", "OrderByDescending", "ThenBy",
                     "ThenByDescending", "latest", "orderByDesc"), _sort),
    **dict.fromkeys(("limit", "take", "Take", "paginate", "per", "simplePaginate"), _limit),
    **dict.fromkeys(("first", "First", "FirstOrDefault", "SingleOrDefault", "Single", "find",
                     "one", "maybeSingle", "single"), _first),
    **dict.fromkeys(("offset", "skip", "Skip"), _offset),
    "slice": _cut,
    "range": _ranged,
    **dict.fromkeys(("count", "Count", "Any", "LongCount", "exists"), _count),
    **dict.fromkeys(("distinct", "Distinct"), _distinct),
    **dict.fromkeys(("join", "joins", "left_joins", "left_outer_joins", "eager_load",
                     "select_related", "Include", "leftJoin", "innerJoin", "leftJoinAndSelect",
                     "innerJoinAndSelect"),
                    _joined),
    "annotate": _annotate,
    "select": lambda query, call: select_one(query, call.body),
    "createQueryBuilder": lambda query, call: name_by(query, call.body),
    **dict.fromkeys(("group", "groupBy", "group_by", "GroupBy"), _group),
    **dict.fromkeys(("findMany", "findFirst", "findAll", "findAndCountAll", "findOne",
                     "findUnique"),
                    _find),
}  # fmt: skip
