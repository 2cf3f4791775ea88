"""The command line ends without going through all that it leaves behind."""

import subprocess
import sys

# What is registered first runs last: after the command line's own.
_SAY = "import atexit, gc, sys; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); "
_RUN = "sys.argv = ['blueproof', '--version']; from blueproof.cli import main; main()"


def test_what_is_left_at_the_end_is_left_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SAY + _RUN], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "True"
