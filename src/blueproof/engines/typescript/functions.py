"""Cloud Functions for Firebase: their types, and the tests of their handlers.

The handlers run on stand-ins for Google's emulators (`firebase_emulators.cjs`): Firestore in
TypeScript, and as much of Auth, Storage and the Realtime Database as functions call. There are no
rules in them, and transactions never conflict.
"""

from pathlib import Path

from blueproof.engines.typescript import testing
from blueproof.engines.typescript.compiling import Complaint
from blueproof.engines.typescript.compiling import complaints as complaints_of
from blueproof.engines.typescript.laying import Files
from blueproof.engines.typescript.testing import Tested

FOLDER = "functions"
_STAND_INS = "firebase_emulators.cjs"
# Where tests have settings of their own, those take in the functions too.
_PROJECTS = (f"{FOLDER}/tsconfig.test.json", f"{FOLDER}/tsconfig.json")


def complaints(files: Files, tree: Path) -> tuple[Complaint, ...]:
    """What the compiler holds against functions/, tests among them."""
    return complaints_of(files, tree, next((p for p in _PROJECTS if p in files), _PROJECTS[-1]))


def tested(files: Files, tree: Path) -> Tested:
    """The tests of functions/; see `testing.tested`. The files' code is executed."""
    own = {path: text for path, text in files.items() if path.startswith(f"{FOLDER}/")}
    return testing.tested(own, tree, FOLDER, None, _STAND_INS)
