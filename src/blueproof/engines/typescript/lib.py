"""The client's own modules, lib/: the tests of what they reckon, without a device or a back end."""

from pathlib import Path

from blueproof.engines.typescript import testing
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.testing import Tested

_FOLDER = "lib/"


def tested(files: Files, tree: Path) -> Tested:
    """The tests of lib/; see `testing.tested`. The files' code is executed."""
    return testing.tested(files, tree, "", _FOLDER, None)
