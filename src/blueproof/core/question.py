"""What is worth asking, and what we assume otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of which two answers lead to different advice; `default` holds until answered.

    `key` is the fact that the answer sets ("scale.rows.orders"); `command`, if any, is what the
    person can run to find the answer.
    """

    id: str
    ask: str
    why: str
    key: str
    options: tuple[str, ...] = ()
    default: str = ""
    changes: tuple[str, ...] = ()
    command: str = ""

    def __post_init__(self) -> None:
        if not self.changes:
            raise ValueError(f"question {self.id}: no answer would change anything, so do not ask")
