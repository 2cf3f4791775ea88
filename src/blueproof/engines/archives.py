"""Taking files out of archives: regular files, to a place that we name below a folder of ours.

`TarFile.extract` refuses what leads out of the folder only from Python 3.11.4 on.
"""

import shutil
import tarfile
from pathlib import Path

from blueproof.core.errors import EngineError

_RIGHTS = 0o755  # of the file's own, those kept; nobody but the owner writes


def lay_out(opened: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, path: str) -> None:
    """Write a member's content to `path` below the folder; EngineError unless it is a file."""
    place = folder / path
    content = opened.extractfile(member) if member.isfile() else None
    if content is None or not place.resolve().is_relative_to(folder.resolve()):
        raise EngineError(f"the archive holds {member.name!r}, which is no file to be kept")
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as written:
        shutil.copyfileobj(content, written)
    place.chmod(member.mode & _RIGHTS)
