"""Rules as text again; what is printed and read is equal to what it was."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.engines.firebase_rules.syntax import (
    Allow,
    Binary,
    Call,
    Expression,
    File,
    Function,
    Index,
    IsType,
    ListLiteral,
    Literal,
    MapLiteral,
    Match,
    Member,
    MethodCall,
    Name,
    PathLiteral,
    Segment,
    Slice,
    Ternary,
    Unary,
)

_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PRIMARY = (Literal, Name, Member, Index, Slice, Call, MethodCall, ListLiteral, MapLiteral)


def printed(file: File) -> str:
    """A whole file, indented by two blanks."""
    return "\n".join(_file(file)) + "\n"


def _file(file: File) -> Iterator[str]:
    if file.version != "1":
        yield f"rules_version = '{file.version}';"
    for function in file.functions:
        yield from _function(function)
    yield f"service {file.service} {{"
    for function in file.service_functions:
        yield from _indented(_function(function))
    for match in file.matches:
        yield from _indented(_match(match))
    yield "}"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {line}"


def _match(match: Match) -> Iterator[str]:
    yield f"match {pattern(match.path)} {{"
    for function in match.functions:
        yield from _indented(_function(function))
    for allow in match.allows:
        yield f"  {allowed(allow)}"
    for inner in match.matches:
        yield from _indented(_match(inner))
    yield "}"


def pattern(path: tuple[Segment, ...]) -> str:
    """The path of a match: `/users/{uid}`."""
    return "".join(f"/{_segment(segment)}" for segment in path)


def _segment(segment: Segment) -> str:
    if segment.text:
        return segment.text
    return f"{{{segment.name}=**}}" if segment.deep else f"{{{segment.name}}}"


def allowed(allow: Allow) -> str:
    """An allow statement on one line."""
    methods = ", ".join(allow.methods)
    if allow.condition is None:
        return f"allow {methods};"
    return f"allow {methods}: if {expressed(allow.condition)};"


def _function(function: Function) -> Iterator[str]:
    yield f"function {function.name}({', '.join(function.parameters)}) {{"
    for let in function.lets:
        yield f"  let {let.name} = {expressed(let.value)};"
    yield f"  return {expressed(function.body)};"
    yield "}"


def expressed(of: Expression) -> str:
    """An expression on one line, in parentheses wherever precedence could be in doubt."""
    match of:
        case Binary():
            return f"{_side(of.left, of.sign)} {of.sign} {_side(of.right, '')}"
        case Unary():
            return f"{of.sign}{_tight(of.of)}"
        case IsType():
            return f"{_side(of.of, '')} is {of.type}"
        case Ternary():
            return f"{_side(of.test, '')} ? {_side(of.yes, '')} : {_side(of.no, '')}"
        case Member() | Index() | Slice() | MethodCall():
            return _after(of)
        case _:
            return _primary(of)


def _side(of: Expression, sign: str) -> str:
    """One side of an operator; a chain of the same sign needs no parentheses on its left."""
    plain = isinstance(of, (*_PRIMARY, PathLiteral, Unary)) or (
        isinstance(of, Binary) and of.sign == sign
    )
    return expressed(of) if plain else f"({expressed(of)})"


def _tight(of: Expression) -> str:
    """An operand right after a sign or before a dot."""
    negative = isinstance(of, Literal) and of.kind in {"int", "float"}
    plain = isinstance(of, _PRIMARY) and not negative
    return expressed(of) if plain else f"({expressed(of)})"


def _after(of: Member | Index | Slice | MethodCall) -> str:
    base = _tight(of.of)
    match of:
        case Member():
            return f"{base}.{of.name}"
        case Index():
            return f"{base}[{expressed(of.at)}]"
        case Slice():
            ends = (expressed(end) if end else "" for end in (of.start, of.end))
            return f"{base}[{':'.join(ends)}]"
        case MethodCall():
            return f"{base}.{of.name}({', '.join(map(expressed, of.arguments))})"


def _primary(of: Expression) -> str:
    match of:
        case Literal():
            return _literal(of)
        case Name():
            return of.name
        case Call():
            return f"{of.name}({', '.join(map(expressed, of.arguments))})"
        case ListLiteral():
            return f"[{', '.join(map(expressed, of.items))}]"
        case _:
            return _collected(of)


def _collected(of: Expression) -> str:
    if isinstance(of, MapLiteral):
        entries = (f"{expressed(key)}: {expressed(value)}" for key, value in of.entries)
        return f"{{{', '.join(entries)}}}"
    assert isinstance(of, PathLiteral)
    return "".join(
        f"/{part}" if isinstance(part, str) else f"/$({expressed(part)})" for part in of.segments
    )


def _literal(of: Literal) -> str:
    if isinstance(of.value, str):
        return "'" + "".join(_ESCAPED.get(sign, sign) for sign in of.value) + "'"
    if isinstance(of.value, bytes):
        return "b'" + "".join(f"\\x{byte:02x}" for byte in of.value) + "'"
    if of.value is None or isinstance(of.value, bool):
        return {None: "null", True: "true", False: "false"}[of.value]
    if isinstance(of.value, float):
        plain = f"{Decimal(repr(of.value)):f}"  # the language has no exponents
        return plain if "." in plain else f"{plain}.0"
    return repr(of.value)
