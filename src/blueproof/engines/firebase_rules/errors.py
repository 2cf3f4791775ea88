"""What goes wrong with rules: they cannot be read, or one condition cannot be evaluated.

RulesError             the text is not rules as we know them: one line, exit code 2
FaultError             a condition has no value (a missing field, a division by zero)
├── ExceededError      a limit of the request is passed: nothing may grant it any more
└── UndecidedError     a value is asked for that we do not know: not decided here
"""

from blueproof.core.errors import InputError


class RulesError(InputError):
    """Rules that are refused; says where (line and column from 1) and which construct it is."""

    def __init__(self, message: str, *, line: int, column: int, construct: str) -> None:
        super().__init__(f"{line}:{column}: {message}")
        self.line, self.column, self.construct = line, column, construct


class FaultError(Exception):
    """A condition that has no value; like the vendor's, it is not granted unless absorbed."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column

    def at(self, line: int, column: int) -> "FaultError":
        """The same fault with a place, unless it has one already."""
        if not self.line:
            self.line, self.column = line, column
        return self

    def __str__(self) -> str:
        return f"{self.message} (line {self.line})" if self.line else self.message


class ExceededError(FaultError):
    """A limit of one request is passed; && and || do not absorb it."""


class UndecidedError(FaultError):
    """What is asked for is not documented or not known here, so the request is not decided."""
