"""What checks write into our cache: whole or not at all, and no more than a few of a kind."""

import tempfile
from pathlib import Path

_MOST = 24


def keep(data: bytes, file: Path) -> None:
    """Put data into a file of the cache at once, and let the oldest files beside it go."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as made:
        made.write(data)
    Path(made.name).replace(file)
    for old in sorted(file.parent.glob(f"*{file.suffix}"), key=_age)[:-_MOST]:
        old.unlink(missing_ok=True)


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another run let it go
        return 0.0
