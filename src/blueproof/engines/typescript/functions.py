"""Cloud Functions for Firebase: their types, and the tests of their handlers."""

from pathlib import Path

from blueproof.engines.typescript import testing
from blueproof.engines.typescript.compiling import Complaint
from blueproof.engines.typescript.compiling import complaints as complaints_of
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.testing import Tested

FOLDER = "functions"


def complaints(files: Files, tree: Path) -> tuple[Complaint, ...]:
    """What the compiler holds against functions/."""
    return complaints_of(files, tree, f"{FOLDER}/tsconfig.json")


def tested(files: Files, tree: Path) -> Tested:
    """The tests of functions/; see `testing.tested`. The files' code is executed."""
    return testing.tested(files, tree, FOLDER)
