"""Every error a person can cause, as one tree: one line for the person, and exit code 2.

Front ends catch the base class, print `str(error)` and stop; nothing else is caught there.
"""


class BlueproofError(Exception):
    """The base of all errors whose message is meant for the person."""


class UsageError(BlueproofError):
    """The command or its options make no sense together."""


class InputError(BlueproofError):
    """A file or folder cannot be read as what it should be."""


class SqlError(InputError):
    """SQL that cannot be read; says where: path, line and column (both from 1)."""

    def __init__(self, message: str, *, path: str, line: int, column: int) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column = path, line, column


class OutputError(BlueproofError):
    """The output folder cannot be written, or belongs to somebody else."""


class EngineError(BlueproofError):
    """A tool that must be there is missing, or died while at work."""
