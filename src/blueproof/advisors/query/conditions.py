"""Conditions on rows, read from words: states, truths, moments that were or were not, values."""

import re
from collections.abc import Iterator

from blueproof.advisors.query.ground import Ground, is_number, is_time
from blueproof.advisors.query.stems import parts, root, roots
from blueproof.advisors.query.text import NUMBER, Words, number
from blueproof.advisors.query.told import Condition, Sign
from blueproof.sql.names import quote
from blueproof.sql.schema import Column

# States that a column named status may hold although nothing lists its values.
_STATE_WORDS = frozenset(
    "paid unpaid cancelled canceled completed complete active inactive shipped delivered refunded"
    " pending failed open closed published draft approved rejected returned processed succeeded"
    " successful expired confirmed archived resolved accepted declined won lost overdue fulfilled"
    " suspended trialing settled scheduled".split()
)
_NOT = re.compile(
    r"\b(?:not|non|leav(?:e|ing) out|ignor(?:e|ing)|exclud(?:e|ing)|skip(?:ping)?"
    r"|except(?: for)?|without|ignoring|other than|isn't|aren't|wasn't"
    r"|weren't|n't|no)[\s-]+(?:the\s+|any\s+|been\s+|yet\s+)*$",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:only|just)\s+(?:count\s+|the\s+|for\s+|include\s+|use\s+)*$", re.IGNORECASE
)
_VALUE = re.compile(
    r"\b(?:where|with|whose|when|if|and|for which|having)?\s*(?:the\s+|a\s+|an\s+)?"
    r"(?P<name>[a-z_][\w]*(?: [a-z_]\w*)?)\s*"
    r"(?P<sign>=|==|<>|!=|<=|>=|<|>|is not|is|equals|equal to|of)\s*"
    r"(?P<value>'[^']*'|\"[^\"]*\"|-?\d[\d.]*)",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\b(?:where|with|whose|and|having|that (?:cost|have|has|are))?\s*(?:the\s+|a\s+|an\s+)?"
    r"(?P<name>[a-z_]\w*(?: [a-z_]\w*)?)\s+(?:is\s+|are\s+|was\s+|of\s+)?"
    r"(?P<sign>more than|greater than|larger than|over|above|at least|less than|under|below"
    rf"|at most|exactly)\s+[$\u20ac\u00a3]?(?P<value>{NUMBER})\s*(?:euros?|dollars?|usd|eur"
    rf"|\u20ac)?",
    re.IGNORECASE,
)
SIGNS: dict[str, Sign] = {
    "more than": ">", "greater than": ">", "larger than": ">", "over": ">", "above": ">",
    "at least": ">=", "less than": "<", "fewer than": "<", "under": "<", "below": "<",
    "at most": "<=", "exactly": "=", "no more than": "<=", "no less than": ">=", "or more": ">=",
    "minimum": ">=", "a minimum of": ">=", "up to": "<=", "not more than": "<=",
    ">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=",
}  # fmt: skip
_EMPTY = re.compile(
    r"\b(?:whose\s+|where\s+(?:the\s+)?)?(?P<with>without|with no|with a missing|with an empty"
    r"|missing|lacking)\s+(?:an?\s+|any\s+|the\s+)?(?P<name>[a-z_]\w*(?: [a-z_]\w*)?)",
    re.IGNORECASE,
)


def text_of(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def is_cents(column: str) -> bool:
    """Whether a column holds hundredths of its money."""
    return bool(re.search(r"(?:^|_)(?:cents?|pence|minor)$", column))


def near_tables(ground: Ground, table: str) -> tuple[str, ...]:
    """The table and those that one of its rows leads to, the nearest first."""
    ways = [(w, t.name) for t in ground.tables if (w := ground.way(table, t.name)) is not None]
    return tuple(name for _, name in sorted(ways, key=lambda e: len(e[0])))


def of_word(ground: Ground, table: str, word: str, *, negated: bool = False) -> Condition | None:
    """What a word says of a row: a listed value, a truth, a moment, else a likely state."""
    for each in near_tables(ground, table):
        found = of_value(ground, each, word, negated=negated) or _plain(
            ground, each, word, negated=negated
        )
        if found:
            return found
        if living := of_living(ground, each, word, negated=negated):
            return living
    if word.lower() not in _STATE_WORDS:
        return None
    for each in near_tables(ground, table):
        for column in ground.states(each):
            if not column.values and column.type.startswith(("text", "character", "citext")):
                return _assumed(each, column, word.lower(), negated=negated)
    return None


def _assumed(table: str, column: Column, word: str, *, negated: bool) -> Condition:
    name, value = quote(column.name), text_of(word)
    shown = f"{table}.{column.name}"
    return Condition(
        table=table,
        sql=f"{{t}}.{name} {'IS DISTINCT FROM' if negated else '='} {value}",
        plain=(
            f"coalesce({{t}}.{name} <> {value}, true)" if negated
            else f"{{t}}.{name} IN ({value})"
        ),
        says=f"{'not ' * negated}{word}: {shown} {'is not' if negated else '='} {value}",
        assumed=f"{word} means {shown} = {value}; the schema does not list its values",
    )  # fmt: skip


def of_value(ground: Ground, table: str, word: str, *, negated: bool = False) -> Condition | None:
    """That a column holds the value that a word names, where the values are listed."""
    wanted = root(word)
    for column in ground.table(table).columns:
        for value in column.values:
            if root(value) == wanted or roots(value) == roots(word):
                name, text = quote(column.name), text_of(value)
                sign = "IS DISTINCT FROM" if negated else "="
                return Condition(
                    table=table,
                    sql=f"{{t}}.{name} {sign} {text}",
                    plain=(
                        f"({{t}}.{name} IS NULL OR NOT {{t}}.{name} = {text})" if negated
                        else f"{{t}}.{name} IN ({text})"
                    ),
                    says=f"{'not ' * negated}{word}: {table}.{column.name} "
                    f"{'is not' if negated else '='} {text}",
                )  # fmt: skip
    return None


def _plain(ground: Ground, table: str, word: str, *, negated: bool) -> Condition | None:
    """A boolean column or a moment that the word names."""
    wanted = root(word.lower().removeprefix("un") if word.lower() == "unpaid" else word)
    turned = negated != (word.lower() in {"unpaid", "inactive"})
    wanted = root("active") if word.lower() == "inactive" else wanted
    for column in ground.table(table).columns:
        lean = [r for r, p in zip(roots(column.name), parts(column.name), strict=True)
                if p not in {"is", "has", "was", "at", "on", "date", "time"}]  # fmt: skip
        if lean != [wanted]:
            continue
        if column.type == "boolean" or is_time(column):
            return _truth(table, column, word, turned=turned)
    return None


def _truth(table: str, column: Column, word: str, *, turned: bool) -> Condition:
    """That a truth is one, or that a moment was; `turned` the other way round."""
    name, shown = quote(column.name), f"{table}.{column.name}"
    if column.type == "boolean":
        return Condition(
            table=table,
            sql=f"{{t}}.{name} IS {'NOT ' * turned}TRUE",
            plain=f"{'NOT ' * turned}coalesce({{t}}.{name}, false)",
            says=f"{word}: {shown} is {'not ' * turned}true",
        )
    sign = "IS NULL" if turned else "IS NOT NULL"
    return Condition(
        table=table,
        sql=f"{{t}}.{name} {sign}",
        plain=f"num_nulls({{t}}.{name}) = {int(turned)}",
        says=f"{word}: {shown} {sign}",
    )


_LIVE = re.compile(
    r"(?:.*_)?(?:cancel\w*|ended|ends|deleted|deactivated|closed|expired|left"
    r"|terminated|churned|stopped|resolved|completed|finished)_?(?:at|on|date)?"
)
_LIVING = frozenset({"active", "open", "ongoing", "unresolved", "live"})


def of_living(ground: Ground, table: str, word: str, *, negated: bool) -> Condition | None:
    """Active means that the moment of its end is not there, where a table has one such column."""
    if word.lower() not in _LIVING:
        return None
    ends = [c for c in ground.table(table).columns if is_time(c) and _LIVE.fullmatch(c.name)]
    if len(ends) != 1:
        return None
    name, sign = quote(ends[0].name), "IS NOT NULL" if negated else "IS NULL"
    return Condition(
        table=table,
        sql=f"{{t}}.{name} {sign}",
        plain=f"num_nulls({{t}}.{name}) = {int(not negated)}",
        says=f"{'not ' * negated}{word}: {table}.{ends[0].name} {sign}",
        assumed=f"{word} means that {table}.{ends[0].name} {sign}",
    )


def of_words(ground: Ground, table: str, words: tuple[str, ...], *, negated: bool
             ) -> Condition | None:  # fmt: skip
    """What several words say of a row: "verified their email" of email_verified_at."""
    said = {root(w) for w in words}
    for column in ground.table(table).columns:
        lean = {r for r, p in zip(roots(column.name), parts(column.name), strict=True)
                if p not in {"is", "has", "was", "at", "on", "date", "time"}}  # fmt: skip
        if lean and said == lean and (is_time(column) or column.type == "boolean"):
            return _truth(table, column, " ".join(words), turned=negated)
    return None


def take_states(words: Words, ground: Ground, table: str) -> Iterator[Condition]:
    """The conditions that single words of the text are, taken out of it."""
    for found in list(re.finditer(r"[A-Za-z][\w]*", words.left)):
        if words.left[found.start()] == "\x01":
            continue
        if ground.table_called((found[0],)):
            continue
        before = words.left[: found.start()]
        negated = _NOT.search(before)
        condition = of_word(ground, table, found[0], negated=bool(negated))
        if condition:
            start = negated.start() if negated else found.start()
            only = _ONLY.search(words.left[:start])
            words.cut(only.start() if only else start, found.end())
            yield condition


def take_values(words: Words, ground: Ground, table: str) -> Iterator[Condition]:
    """Comparisons with a value: "country is 'DE'", "rating of at least 4"; taken out."""
    for pattern in (_VALUE, _BEYOND):
        for found in list(pattern.finditer(words.left)):
            condition = _compared(found, ground, table)
            if condition:
                words.cut(*found.span())
                yield condition


def _compared(found: re.Match[str], ground: Ground, table: str) -> Condition | None:
    names = tuple(found["name"].split())
    for run in (names, names[-1:]):
        column = ground.column_called(run, near_tables(ground, table))
        if column:
            break
    else:
        return None
    kind = ground.table(column.table).by_name[column.column]
    sign = found["sign"].lower()
    value = found["value"].strip("'\"")
    plain_sign = {"==": "=", "!=": "<>", "is": "=", "is not": "<>", "equals": "=", "of": "=",
                  "equal to": "="}.get(sign, SIGNS.get(sign, sign))  # fmt: skip
    if is_number(kind):
        whole = number(value)
        if whole is None and not re.fullmatch(r"-?\d+(?:\.\d+)?", value):
            return None
        shown = str(whole if whole is not None else value)
        if is_cents(column.column):
            shown = str(round(float(shown) * 100))
    else:
        if plain_sign not in {"=", "<>"} or re.fullmatch(r"-?[\d.]+", found["value"]):
            return None
        shown = text_of(value)
    name = quote(column.column)
    turned = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[plain_sign]
    return Condition(
        table=column.table,
        sql=f"{{t}}.{name} {plain_sign} {shown}",
        plain=f"NOT {{t}}.{name} {turned} {shown}",
        says=f"{column.table}.{column.column} {plain_sign} {shown}",
        assumed=(f"{found['value']} is meant in whole units and {column.table}.{column.column} "
                 f"holds hundredths, so {shown}") if is_number(kind) and is_cents(column.column)
        else "",
    )  # fmt: skip


def take_empty(words: Words, ground: Ground, table: str) -> Iterator[Condition]:
    """That a column holds nothing: "without an email"; taken out."""
    for found in list(_EMPTY.finditer(words.left)):
        names = tuple(found["name"].split())
        if ground.table_called(names) or ground.table_called(names[:1]):
            continue
        column = ground.column_called(names, (table,))
        end = found.end()
        if column is None and len(names) > 1:
            column = ground.column_called(names[:1], (table,))
            end = found.start("name") + len(names[0])
        if column is None:
            continue
        name = quote(column.column)
        words.cut(found.start(), end)
        yield Condition(
            table=table, sql=f"{{t}}.{name} IS NULL", plain=f"num_nonnulls({{t}}.{name}) = 0",
            says=f"without {' '.join(names)}: {table}.{column.column} is NULL",
        )  # fmt: skip
