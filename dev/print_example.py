"""Print the example: examples/pg as `blueproof demo pg` writes it, and what README.md shows of it.

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
_BLOCK = re.compile(r"(?<=prints:\n\n```text\n).*?(?=```)", re.DOTALL)


def run_demo(folder: Path) -> str:
    """What the demo prints on a terminal of 100 columns, written into blueproof-out."""
    done = subprocess.run(
        [sys.executable, "-m", "blueproof", "demo", "pg", "--no-input"],
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
    """Write the example and the README's block."""
    with tempfile.TemporaryDirectory() as name:
        printed = run_demo(Path(name))
        example = ROOT / "examples" / "pg"
        shutil.rmtree(example, ignore_errors=True)
        shutil.copytree(Path(name) / "blueproof-out", example)
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace(shown_in_readme(text), printed), encoding="utf-8")


if __name__ == "__main__":
    main()
