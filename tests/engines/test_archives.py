"""Files are taken out of archives to where we say, and nothing else is."""

import io
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines.archives import lay_out


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tarfile.TarFile]:
    archive = tmp_path / "some.tar"
    with tarfile.open(archive, "w") as made:
        program = tarfile.TarInfo("package/bin/program")
        program.size, program.mode = 3, 0o4777
        made.addfile(program, io.BytesIO(b"run"))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    with tarfile.open(archive) as opened:
        yield opened


def test_a_file_lies_where_it_was_asked_for_and_only_its_owner_writes(
    opened: tarfile.TarFile, tmp_path: Path
) -> None:
    lay_out(opened, opened.getmember("package/bin/program"), tmp_path / "kept", "bin/one")
    laid = tmp_path / "kept" / "bin" / "one"
    assert laid.read_bytes() == b"run"
    assert stat.S_IMODE(laid.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("member", "path"),
    [("package/bin/program", "../one"), ("package/bin/program", "/one"), ("package/link", "one")],
)
def test_what_leads_out_or_is_no_file_is_refused(
    opened: tarfile.TarFile, tmp_path: Path, member: str, path: str
) -> None:
    with pytest.raises(EngineError, match="is no file to be kept"):
        lay_out(opened, opened.getmember(member), tmp_path / "kept", path)
    assert not (tmp_path / "one").exists()
