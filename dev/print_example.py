"""Print the examples as the demos write them, and the block that the README shows.

Read the difference before committing it: this is what people see.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMES = ("chat", "pg")
APPS = "app-"  # folders of hundreds of files: tests/starters judges those
SHOWN = "chat"  # the one that README.md shows
_BLOCK = re.compile(r"(?<=prints:\n\n```text\n).*?(?=```)", re.DOTALL)


def run_demo(folder: Path, name: str) -> str:
    """What a demo prints on a terminal of 100 columns, written into blueproof-out."""
    done = subprocess.run(  # noqa: S603 (our own command line, with a name from the list above)
        [sys.executable, "-m", "blueproof", "demo", name, "--no-input"],
        cwd=folder, capture_output=True, text=True, check=True,
        env={**os.environ, "COLUMNS": "100", "TERM": "dumb"},
    )  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def shown_in_readme(text: str) -> str:
    """What README.md shows of the demo's output."""
    found = _BLOCK.search(text)
    assert found is not None, "README.md shows the demo's output after 'prints:'"
    return found[0]


def main() -> None:
    """Write the examples and the README's block."""
    readme = ROOT / "README.md"
    for name in NAMES:
        with tempfile.TemporaryDirectory() as made:
            printed = run_demo(Path(made), name)
            example = ROOT / "examples" / name
            shutil.rmtree(example, ignore_errors=True)
            left_out = shutil.ignore_patterns(f"{APPS}*")
            shutil.copytree(Path(made) / "blueproof-out", example, ignore=left_out)
        if name == SHOWN:
            text = readme.read_text(encoding="utf-8")
            readme.write_text(text.replace(shown_in_readme(text), printed, 1), encoding="utf-8")


if __name__ == "__main__":
    main()
