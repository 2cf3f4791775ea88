"""What Python compiles anew at each start, kept between runs: a third of an answer's time.

Python keeps modules compiled, but neither their regular expressions nor the methods that
dataclasses write as text. What comes of both depends on the text alone, so an earlier run's is
taken. Only what modules and their classes hold is kept, never an expression made of a person's
words. A Python that does either otherwise compiles as ever.
"""

import contextlib
import dataclasses
import importlib
import inspect
import marshal
import re
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from blueproof.facts.kept import keep, made_of, read_kept

_NAME = "compiled"
_FORM = b"1"  # of what is kept; to be counted up with every change of it
_MOST = 12_000  # entries; the whole package has fewer, so that more are of other versions
_MOST_BETWEEN = 12  # calls from the place that has an expression to the compiler
_IMPORTING = "<frozen importlib._bootstrap>"
_LATE = "blueproof.facts.pattern"  # its expressions stand in modules, and are compiled when used

_Compile = Callable[..., Any]


class _Table:
    """What was compiled: methods by their text, expressions by text and flags."""

    def __init__(self, held: bytes | None) -> None:
        self.entries: dict[Any, Any] = marshal.loads(held) if held else {}
        self.added: dict[Any, Any] = {}

    def add(self, key: Any, entry: Any) -> None:
        self.added[key] = entry

    def dumped(self) -> bytes:
        """All entries; those of this run alone where they have become too many."""
        every = {**self.entries, **self.added}
        return marshal.dumps(self.added if len(every) > _MOST else every)


@contextlib.contextmanager
def kept_compiled() -> Iterator[None]:
    """Compile nothing that an earlier run compiled; keep at the end what was compiled."""
    try:
        compiler = importlib.import_module("re._compiler")
    except ImportError:  # another Python
        yield
        return
    digest = made_of(_FORM, sys.version.encode())
    table = _Table(read_kept(_NAME, digest))
    with (
        _put(dataclasses, "exec", _running(table, exec)),
        _put(compiler, "compile", _compiling(table, compiler)),
    ):
        try:
            yield
        finally:
            if table.added:
                keep(_NAME, digest, table.dumped())


@contextlib.contextmanager
def _put(module: Any, name: str, value: Any) -> Iterator[None]:
    """The module with another value of this name, for a while."""
    names = vars(module)
    before = {name: names[name]} if name in names else {}
    names[name] = value
    try:
        yield
    finally:
        del names[name]
        names.update(before)


def _running(table: _Table, run: Callable[..., None]) -> Callable[..., None]:
    """What runs the text of a class's methods: `run`, given code that is compiled already."""

    def run_kept(text: str, *names: Any) -> None:
        held = table.entries.get(text)
        if held is not None:
            run(marshal.loads(held), *names)
            return
        code = compile(text, "<string>", "exec", dont_inherit=True)
        table.add(text, marshal.dumps(code))
        run(code, *names)

    return run_kept


def _compiling(table: _Table, compiler: Any) -> _Compile:
    """What compiles a regular expression, if it is not kept."""
    compile_anew, engine = compiler.compile, importlib.import_module("_sre")

    def compile_kept(pattern: Any, flags: int = 0) -> Any:
        if not isinstance(pattern, str):
            return compile_anew(pattern, flags)
        held = table.entries.get((pattern, int(flags)))
        if held is not None:
            return _taken_up(engine, pattern, held)
        compiled = compile_anew(pattern, flags)
        if _is_of_module():
            entry = _entry(compiler, engine, compiled, int(flags))
            if entry is not None:
                table.add((pattern, int(flags)), entry)
        return compiled

    return compile_kept


def _taken_up(engine: Any, pattern: str, held: tuple[Any, ...]) -> Any:
    all_flags, code, groups, names, order = held
    return engine.compile(pattern, all_flags, array("I", code).tolist(), groups, dict(names), order)


def _entry(
    compiler: Any, engine: Any, compiled: re.Pattern[str], flags: int
) -> tuple[Any, ...] | None:
    """What the expression is made of; None where that does not make the same one here."""
    try:
        parsed = importlib.import_module("re._parser").parse(compiled.pattern, flags)
        code = array("I", vars(compiler)["_code"](parsed, flags)).tobytes()
        names = parsed.state.groupdict
        order: list[str | None] = [None] * parsed.state.groups
        for name, place in names.items():
            order[place] = name
        entry = compiled.flags, code, compiled.groups, tuple(names.items()), tuple(order)
        again = _taken_up(engine, compiled.pattern, entry)
    except (AttributeError, LookupError, TypeError, ValueError, RuntimeError, OverflowError):
        return None  # another Python's compiler
    return entry if again == compiled and again.groupindex == compiled.groupindex else None


def _is_of_module() -> bool:
    """Whether a module that is being imported, or a pattern that stands in one, is compiled."""
    frame = inspect.currentframe()
    for _ in range(_MOST_BETWEEN):
        frame = frame and frame.f_back
        if frame is None:
            return False
        if frame.f_code.co_filename == _IMPORTING or frame.f_globals.get("__name__") == _LATE:
            return True
    return False
