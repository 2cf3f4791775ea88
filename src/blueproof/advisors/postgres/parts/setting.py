"""A setting of the server as advice: its file, the step, how it is tried on a copy."""

import re
from collections.abc import Iterator

from blueproof.core.advice import Artifact, Recommendation, Step

_FOLDER = "settings/"
_SET = re.compile(r"ALTER ROLE CURRENT_USER SET (?P<name>\w+) = '(?P<value>[^']+)'")


def setting_files(name: str, value: str, purpose: str) -> tuple[Artifact, ...]:
    """The file that changes a setting for the role that runs it, and the one that takes it back."""
    head = (
        f"-- {purpose}\n-- Run it as the role that your application connects as; it holds for "
        "connections made afterwards.\n"
    )
    forward, back = f"{_FOLDER}{name}.sql", f"{_FOLDER}undo/{name}.sql"
    return (
        Artifact(
            path=forward,
            purpose="the setting",
            text=f"{head}ALTER ROLE CURRENT_USER SET {name} = '{value}';\n",
        ),
        Artifact(
            path=back,
            purpose="takes it back",
            text=f"-- Takes back {name}.\nALTER ROLE CURRENT_USER RESET {name};\n",
        ),
    )


def is_setting(advice: Recommendation) -> bool:
    """Whether the advice is to change a setting."""
    return any(_FOLDER in path for path in (*advice.artifacts, *(f.path for f in advice.files)))


def statement_of(advice: Recommendation) -> str:
    """The statement that changes the setting."""
    found = next((m for f in advice.files if (m := _SET.search(f.text))), None)
    return f"{found[0]};" if found else ""


def as_tried(advice: Recommendation) -> Iterator[str]:
    """The same for one transaction."""
    for file in advice.files:
        yield from (f"SET LOCAL {m['name']} = '{m['value']}'" for m in _SET.finditer(file.text))


def setting_step(advice: Recommendation) -> Step:
    """When to change the setting, and how to see that it holds."""
    name = advice.slot.removeprefix("setting ")
    return Step(
        do=f'psql "$DATABASE_URL" -f {_FOLDER}{name}.sql',
        horizon="now",
        check=f"SHOW {name};  -- in a new connection of the application's role",
        undo=f'psql "$DATABASE_URL" -f {_FOLDER}undo/{name}.sql',
        needs=(advice.slot,),
    )
