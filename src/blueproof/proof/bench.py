"""The workbench of proofs: fresh engines, loaded and started when the first claim needs them."""

from functools import cached_property
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from blueproof.proof.databases import Databases


class Bench:
    """The engines of one round of proofs; use it as a context manager.

    `anew` is whether what passed on the very same files is run again: to repeat a proof is to run.
    """

    def __init__(self, *, anew: bool = False) -> None:
        self.anew = anew

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def databases(self) -> "Databases":
        """The databases of this round: most requests need none, so they are loaded here."""
        from blueproof.proof.databases import Databases

        return Databases()

    def close(self) -> None:
        """End what was started."""
        if "databases" in self.__dict__:
            self.databases.close()
            del self.__dict__["databases"]
