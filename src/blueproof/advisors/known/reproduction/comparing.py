"""Conditions in the arguments of calls as SQL: pairs, positions, expressions of several languages.

Values that are names or calls are parameters, written as a question mark.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.known.reproduction.calls import pairs, parts
from blueproof.facts.pattern import LatePattern
from blueproof.sql.names import quote

# Django on PostgreSQL writes icontains as UPPER(column::text) LIKE UPPER(...), iexact likewise; no
# index on the column itself serves that.
_LOOKUPS = {
    "gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "in": "IN", "isnull": "IS", "exact": "=",
    "contains": "LIKE", "icontains": "UPPER", "startswith": "LIKE ", "istartswith": "UPPER ",
    "iexact": "UPPER=", "date": "DATE", "range": "BETWEEN", "year": "YEAR",
}  # fmt: skip
_PATTERNS = {
    "LIKE": ("{} LIKE {}", "%"), "LIKE ": ("{} LIKE {}", ""),
    "ILIKE": ("{} ILIKE {}", "%"), "ILIKE ": ("{} ILIKE {}", ""),
    "UPPER": ("upper({}) LIKE upper({})", "%"), "UPPER ": ("upper({}) LIKE upper({})", ""),
}  # fmt: skip
_NESTED = {
    "gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "in": "IN", "equals": "=", "not": "<>",
    "contains": "LIKE", "startsWith": "LIKE ",
}  # fmt: skip
_OPERATORS = {
    "MoreThan": ">", "MoreThanOrEqual": ">=", "LessThan": "<", "LessThanOrEqual": "<=",
    "Between": "BETWEEN", "Like": "LIKE", "ILike": "ILIKE",
}  # fmt: skip
_OPERATOR = LatePattern(
    rf"(?P<how>In|IsNull|Not|{'|'.join(_OPERATORS)})\((?P<args>(?:[^()]|\([^()]*\))*)\)"
)
_NOTHING = frozenset({"null", "nil", "none", "undefined"})
_AGO = LatePattern(
    r"(?P<n>\d+)\s*(?:\.|,\s*[\"':]?)\s*(?P<unit>second|minute|hour|day|week|month|year)s?\b"
    r"|timedelta\(\s*(?P<unit2>days|hours|weeks|minutes)\s*=\s*(?P<n2>\d+)"
    r"|Add(?P<unit3>Days|Hours|Months)\(\s*-(?P<n3>\d+)",
    re.IGNORECASE,
)
_ATOM = LatePattern(
    r"(?P<not>not\s+|!)?(?P<path>[A-Za-z_][\w.]*?)(?:\.(?P<call>in_|is_|isnot|is_not|ilike|like"
    r"|Contains"
    r"|StartsWith|between|contains|startswith)\((?P<args>[^()]*)\)"
    r"|\s*(?P<sign>={2,3}|!==?|<>|<=|>=|<|>|\bin\b)\s*(?P<value>.+))?"
)
_ALIASED = LatePattern(r"\(?\s*(?P<alias>\w+)\s*\)?\s*=>\s*(?P<rest>[\s\S]+)")
_LAMBDA = LatePattern(r"\s*\(?\s*(?P<alias>\w+)\s*\)?\s*=>\s*\(*!?(?P=alias)\b")
_HELPER = LatePattern(
    r"(?P<sign>eq|ne|gt|gte|lt|lte|like|ilike|isNull|isNotNull|inArray)\(\s*(?:\w+\.)?(?P<name>\w+)"
    r"(?:\s*,\s*(?P<value>[^()]*))?\)"
)
_SIGNS = {"eq": "=", "ne": "<>", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=",
          "==": "=", "===": "=", "!=": "<>", "!==": "<>", "like": "LIKE", "ilike": "ILIKE",
          "in": "IN", "inarray": "IN", "is": "IS", "contains": "@>"}  # fmt: skip
_NAME_AND_VALUE = 2
_TEXT = LatePattern(r"(['\"])(?P<inner>.*)\1", re.DOTALL)


def of_pairs(body: str) -> Iterator[tuple[str, str, str]]:
    """Each pair of a filter as (path, sign, value in SQL); `__` in a path stays."""
    if _LAMBDA.match(body):
        return
    for name, value in pairs(body):
        if value.startswith("{"):
            yield from _nested(name, value)
            continue
        if called := _OPERATOR.fullmatch(value):
            yield name, *_operated(called["how"], called["args"])
            continue
        path, _, lookup = name.rpartition("__")
        if path and lookup in _LOOKUPS:
            yield path, _LOOKUPS[lookup], value_of(value)
        elif value.startswith("["):
            yield name, "IN", f"({', '.join(value_of(v) for v in parts(value[1:-1])) or '?'})"
        elif ".." in value and not value.startswith(("'", '"')):
            yield name, ">=", value_of(value.partition("..")[0])
        else:
            yield name, "=", value_of(value)


def _operated(how: str, args: str) -> tuple[str, str]:
    """The sign and the value of In([1, 2]), MoreThan(x), IsNull() and their kin."""
    if how == "In":
        inner = args.strip().removeprefix("[").removesuffix("]") if "[" in args else ""
        return "IN", f"({', '.join(value_of(v) for v in parts(inner))})" if inner else "?"
    if how in {"IsNull", "Not"}:
        nothing = how == "IsNull" or "IsNull" in args
        return (
            ("IS", "NULL" if how == "IsNull" else "NOT NULL") if nothing else ("<>", value_of(args))
        )
    return _OPERATORS[how], value_of((parts(args) or ("?",))[0])


def _nested(name: str, value: str) -> Iterator[tuple[str, str, str]]:
    """{ gte: x, contains: y } of a column; a filter of a relation is left out."""
    for inner, bound in pairs(value):
        if inner in {"isNull", "isNotNull"} and bound == "true":
            yield name, "IS", "NULL" if inner == "isNull" else "NOT NULL"
        elif inner in _NESTED:
            any_case = "insensitive" in value and _NESTED[inner].startswith("LIKE")
            yield name, ("I" if any_case else "") + _NESTED[inner], value_of(bound)


def of_expression(body: str) -> Iterator[tuple[str, str, str]]:
    """Each comparison of an expression: a lambda, columns of a model, helpers like eq()."""
    helped = list(_HELPER.finditer(body))
    for each in helped:
        sign = each["sign"]
        if sign in {"isNull", "isNotNull"}:
            yield each["name"], "IS", "NULL" if sign == "isNull" else "NOT NULL"
        else:
            yield each["name"], _SIGNS[sign.lower()], value_of(each["value"] or "")
    if helped:
        return
    found = _ALIASED.match(body)
    text = found["rest"] if found else body
    for atom in re.split(r"&&|\|\||\band\b|\bor\b|(?<=[\w)'\"]),(?=\s*[A-Za-z_]\w*\.)|[&|]", text):
        if compared := _ATOM.fullmatch(_unbracketed(atom)):
            yield from _of_atom(compared)


def _unbracketed(atom: str) -> str:
    """The atom without brackets that stand around it or open and close in its neighbours."""
    atom = atom.strip().strip("^ ")
    while atom.startswith("("):
        atom = atom[1:].strip()
    while atom.endswith(")") and atom.count(")") > atom.count("("):
        atom = atom[:-1].strip()
    return atom


def _of_atom(each: re.Match[str]) -> Iterator[tuple[str, str, str]]:
    path = each["path"].rpartition(".")[2]
    if each["call"]:
        call = each["call"].lower().removesuffix("_")
        sign = {"in": "IN", "is": "IS", "isnot": "IS", "is_not": "IS", "between": "BETWEEN"}.get(
            call
        )
        value = value_of(parts(each["args"])[0]) if parts(each["args"]) else "?"
        if call in {"isnot", "is_not"}:
            value = "NOT NULL"
        yield path, sign or ("LIKE " if call == "startswith" else "ILIKE"), value
    elif each["sign"]:
        sign = each["sign"].lower()
        yield path, _SIGNS.get(sign, sign), value_of(each["value"].strip())
    elif "." in each["path"]:
        yield path, "=", "false" if each["not"] else "true"


def value_of(value: str) -> str:
    """A value as SQL: a text, a number, a truth, NULL, a time before now; else a parameter.

    >>> value_of("'open'"), value_of("7.days.ago"), value_of("user.id"), value_of("None")
    ("'open'", "now() - interval '7 days'", '?', 'NULL')
    """
    value = value.strip()
    text = _TEXT.fullmatch(value)
    if text:
        return "'" + text["inner"].replace("'", "''") + "'"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", value) or value.lower() in {"true", "false"}:
        return value.lower()
    if value.lower() in _NOTHING:
        return "NULL"
    return _called(value)


def _called(value: str) -> str:
    """A symbol or a time before now as SQL; a parameter for any other name or call."""
    if re.fullmatch(r":\w+", value):
        return f"'{value[1:]}'"
    ago = _AGO.search(value)
    if ago:
        number = ago["n"] or ago["n2"] or ago["n3"]
        unit = (ago["unit"] or ago["unit2"] or ago["unit3"]).lower().rstrip("s")
        return f"now() - interval '{number} {unit}s'"
    return "?"


def written(column: str, sign: str, value: str) -> str:
    """A comparison as SQL; `column` is quoted by the caller."""
    if value == "NULL":
        return f"{column} {'IS NOT' if sign == '<>' else 'IS'} NULL"
    if sign == "IS":
        missing = value in {"true", "NULL", "?"}
        return f"{column} IS {'NULL' if missing else 'NOT NULL'}"
    if sign in _PATTERNS:
        form, before = _PATTERNS[sign]
        return form.format(column, value if before and "%" in value else _pattern(value, before))
    special = {
        "UPPER=": f"upper({column}) = upper({value})",
        "BETWEEN": f"{column} BETWEEN ? AND ?",
        "LOWER": f"lower({column}) = lower({value})",
        "DATE": f"{column}::date = {value}",
        "YEAR": f"extract(year FROM {column}) = {value}",
    }
    if sign == "IN" and not value.startswith("("):
        return f"{column} IN (?, ?)"
    return special.get(sign, f"{column} {sign} {value}")


def _pattern(value: str, before: str) -> str:
    if value.startswith("'"):
        return f"'{before}{value[1:-1]}%'"
    return f"'%' || {value} || '%'" if before else f"{value} || '%'"


def of_positions(body: str) -> Iterator[tuple[str, str, str]]:
    """('a', 1) or ('a', '>=', 1): a column, perhaps a sign, a value."""
    found = parts(body)
    name = _TEXT.fullmatch(found[0]) if found else None
    if name and re.fullmatch(r"[\w.]+", name["inner"]):
        between = _TEXT.fullmatch(found[1]) if len(found) > _NAME_AND_VALUE else None
        sign = between["inner"] if between else "="
        value = value_of(found[-1]) if len(found) > 1 else "?"
        yield name["inner"].rpartition(".")[2], sign.upper(), value


def said(body: str) -> str:
    """A condition that is written as SQL in a text: where("lower(email) = ?", x); "" if none is."""
    found = parts(body)
    text = _TEXT.fullmatch(found[0]) if found else None
    if text and re.search(r"[=<>]|\b(?:is|in|like|ilike|between)\b", text["inner"], re.IGNORECASE):
        return re.sub(r":\w+|\?", "?", text["inner"])
    return ""


def column(name: str) -> str:
    """A column's name as it stands in SQL: as the code has it."""
    return quote(name)
