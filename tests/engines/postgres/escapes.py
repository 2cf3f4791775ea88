"""Attempts to break out of the private server, as data: what is tried, and what must stop it.

`{file}` stands for a path that every system user may write, `{program}` for a shell command that
writes it. `says` is part of the answer that stops the attempt; "" where it runs and is harmless.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Escape:
    """One attempt: DDL to load, queries to plan, changes to plan them with."""

    name: str
    ddl: str = ""
    queries: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    says: str = ""


def does(body: str, returns: str = "trigger", head: str = "f()") -> str:
    """DDL of a PL/pgSQL function with this body."""
    result = {"trigger": "RETURN NEW;", "void": "", "event_trigger": ""}.get(
        returns, "RETURN true;"
    )
    return (
        f"CREATE FUNCTION {head} RETURNS {returns} LANGUAGE plpgsql AS "
        f"$f$ BEGIN {body}; {result} END $f$;"
    )
