"""The messages that have a server run one statement, all of them at once, as bytes.

The driver waits for an answer after each of them. What each holds is in the manual's chapter on the
protocol, "Message Formats".
"""

import struct
from collections.abc import Sequence

SYNC, FLUSH = b"S\0\0\0\4", b"H\0\0\0\4"
_DESCRIBE = b"D\0\0\0\6S\0"  # the unnamed statement
_EXECUTE = b"E\0\0\0\x09" + bytes(5)  # the unnamed portal, to its end
_LENGTH, _COUNT = struct.Struct(">i"), struct.Struct(">H")
_NULL = _LENGTH.pack(-1)


def parse(statement: bytes) -> bytes:
    """Has a text read and analysed as exactly one statement, which then is the unnamed one."""
    return _message(b"P", b"\0" + statement + b"\0" + bytes(2))  # name, text, number of types


def once(statement: bytes, values: Sequence[bytes | None] = (), *, rows: bool = False) -> bytes:
    """Has one statement run with these values, as text; `rows` has the answer say what each is."""
    cells = b"".join(_NULL if v is None else _LENGTH.pack(len(v)) + v for v in values)
    bind = b"\0\0" + bytes(2) + _COUNT.pack(len(values)) + cells + bytes(2)
    return parse(statement) + (_DESCRIBE if rows else b"") + _message(b"B", bind) + _EXECUTE


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + _LENGTH.pack(len(content) + 4) + content
