"""Whether tests notice when the code gets worse: each weakness made, and the tests run again."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.testing import Tested

_AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Weakness:
    """A place of a file and what is put there instead, so that the code does less than it must."""

    file: str
    find: str
    replace: str

    def __str__(self) -> str:
        """The file, and what is taken out of it."""
        return f"{self.file}: {' '.join(self.find.split())!r}"


def survivors(
    files: Files, weaknesses: Sequence[Weakness], run: Callable[[Files], Tested]
) -> tuple[Weakness, ...]:
    """The weaknesses that no test notices, in order; `run` runs the tests over files.

    InputError for a weakness whose place is not there exactly once, or that breaks the code rather
    than weakens it: not one of several tests passes. EngineError where tests fail without any.
    """
    weaker = [made(files, each) for each in weaknesses]
    sound = run(files)
    if sound.failed or not sound.passed:
        raise EngineError(f"the tests fail before anything is weakened: {sound.failed or 'none'}")
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        results = list(pool.map(run, weaker))
    for each, result in zip(weaknesses, results, strict=True):
        if not result.passed and sound.passed > 1:
            raise InputError(f"{each} breaks the code: no test passes, {result.failed[0]}")
    return tuple(w for w, result in zip(weaknesses, results, strict=True) if not result.failed)


def made(files: Files, weakness: Weakness) -> Files:
    """The files with the weakness in them; InputError unless its place is there exactly once."""
    text = files.get(weakness.file)
    if text is None:
        raise InputError(f"{weakness}: there is no such file")
    count = text.count(weakness.find)
    if count != 1 or weakness.find == weakness.replace:
        raise InputError(f"{weakness} stands there {count} times, and must change one place")
    return {**files, weakness.file: text.replace(weakness.find, weakness.replace)}
