"""A step of the guide, and how it is written down."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the guide: what it is for, the commands, how to see it worked, the way back."""

    title: str
    why: str
    commands: tuple[str, ...]
    check: str
    undo: str
    language: str = "sh"


def written(number: int, stage: Stage) -> str:
    """A stage as Markdown, under its number."""
    commands = "\n".join(stage.commands)
    block = f"```{stage.language}\n{commands}\n```\n\n" if commands else ""
    return (
        f"## {number}. {stage.title}\n\n{stage.why}\n\n{block}"
        f"See that it worked: {stage.check}\n\nBack: {stage.undo}\n"
    )
