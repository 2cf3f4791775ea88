import errno
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from blueproof.core.errors import OutputError
from blueproof.render import folder
from blueproof.render.folder import MANIFEST, check_folder, write_folder

FILES = {"report.md": "# Report\n", "db/schema.sql": "create table a ();\n"}
CHANGED = {"report.md": "# Better\n", "db/schema.sql": "create table b ();\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "answer"


def tree(root: Path) -> dict[str, str]:
    """Everything below `root`: texts of files, targets of links, a slash for folders."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = "/" if path.is_dir() else path.read_text()
    return found


def texts(root: Path) -> dict[str, str]:
    return {n: text for n, text in tree(root).items() if text != "/" and n != MANIFEST}


def listing(where: Path) -> set[str]:
    return {path.name for path in where.iterdir()}


def recorded(out: Path) -> set[str]:
    return set(json.loads((out / MANIFEST).read_text())["files"])


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


# A new folder.


def test_a_new_folder_holds_the_files_and_a_sorted_manifest(out: Path) -> None:
    done = write_folder(FILES, out)
    assert texts(out) == FILES
    assert (done.folder, done.written) == (out, ("db/schema.sql", "report.md"))
    assert (done.unchanged, done.kept, done.removed) == ((), (), ())
    manifest = (out / MANIFEST).read_text()
    assert manifest.endswith("}\n")
    assert list(json.loads(manifest)) == ["made_by", "shape", "files"]
    assert list(json.loads(manifest)["files"]) == ["db/schema.sql", "report.md"]


def test_nothing_is_left_beside_the_folder(out: Path) -> None:
    write_folder(FILES, out)
    write_folder(CHANGED, out)
    assert listing(out.parent) == {"answer"}


def test_texts_are_written_byte_for_byte(out: Path) -> None:
    write_folder({"a.txt": "é\r\nb\n\ttab"}, out)
    assert (out / "a.txt").read_bytes() == "é\r\nb\n\ttab".encode()


def test_an_empty_folder_is_filled_and_stays_the_same_folder(out: Path) -> None:
    out.mkdir(mode=0o750)
    before = out.stat()
    write_folder(FILES, out)
    assert texts(out) == FILES
    assert (out.stat().st_ino, out.stat().st_mode) == (before.st_ino, before.st_mode)


def test_a_link_to_a_folder_is_followed_when_the_person_names_it(out: Path) -> None:
    out.mkdir()
    link = out.parent / "link"
    link.symlink_to(out)
    write_folder(FILES, link)
    assert link.is_symlink()
    assert texts(out) == FILES


def test_a_link_to_nothing_yet_makes_the_folder_it_names(out: Path) -> None:
    link = out.parent / "link"
    link.symlink_to(out)
    write_folder(FILES, link)
    assert texts(out) == FILES


def test_modes_are_readable_by_all_and_executable_only_for_scripts(out: Path) -> None:
    old = os.umask(0o027)
    try:
        write_folder({"a.md": "a", "run.sh": "true\n", "bin/go": "#!/bin/sh\n"}, out)
    finally:
        os.umask(old)
    modes = {n: stat.S_IMODE((out / n).stat().st_mode) for n in ("a.md", "run.sh", "bin/go", "bin")}
    assert modes == {"a.md": 0o640, "run.sh": 0o750, "bin/go": 0o750, "bin": 0o750}
    assert stat.S_IMODE(out.stat().st_mode) == 0o750
    assert stat.S_IMODE((out / MANIFEST).stat().st_mode) == 0o640


# A folder of ours.


def test_the_same_files_again_touch_nothing(out: Path) -> None:
    write_folder(FILES, out)
    before = stamps(out), out.stat().st_mtime_ns
    done = write_folder(FILES, out)
    assert (done.written, done.unchanged) == ((), ("db/schema.sql", "report.md"))
    assert (stamps(out), out.stat().st_mtime_ns) == before


def test_only_what_changed_is_written(out: Path) -> None:
    write_folder(FILES, out)
    before = stamps(out)
    done = write_folder({**FILES, "report.md": "new"}, out)
    assert (done.written, done.unchanged) == (("report.md",), ("db/schema.sql",))
    schema = str(out / "db/schema.sql")
    assert stamps(out)[schema] == before[schema]


def test_a_file_the_person_deleted_comes_back(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").unlink()
    assert write_folder(FILES, out).written == ("report.md",)
    assert texts(out) == FILES


def test_a_file_of_ours_no_longer_produced_is_removed_with_its_folder(out: Path) -> None:
    write_folder({**FILES, "deep/er/x": "x"}, out)
    done = write_folder({"report.md": "# Report\n"}, out)
    assert done.removed == ("db/schema.sql", "deep/er/x")
    assert tree(out).keys() == {"report.md", MANIFEST}
    assert recorded(out) == {"report.md"}


def test_a_folder_of_ours_stays_while_the_person_has_something_in_it(out: Path) -> None:
    write_folder(FILES, out)
    (out / "db" / "notes.txt").write_text("mine")
    write_folder({"report.md": "# Report\n"}, out)
    assert texts(out) == {"report.md": "# Report\n", "db/notes.txt": "mine"}


def test_a_folder_whose_files_all_change_their_names_stays_the_same_folder(out: Path) -> None:
    write_folder(FILES, out)
    (out / "db").chmod(0o700)
    before = (out / "db").stat()
    write_folder({"db/tables.sql": "x"}, out)
    after = (out / "db").stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_an_empty_folder_of_the_person_stays(out: Path) -> None:
    write_folder(FILES, out)
    (out / "drafts").mkdir()
    write_folder({}, out)
    assert tree(out).keys() == {MANIFEST, "drafts"}


def test_a_file_no_longer_produced_but_edited_is_left_and_mentioned(out: Path) -> None:
    write_folder(FILES, out)
    (out / "db/schema.sql").write_text("mine")
    done = write_folder({"report.md": "# Report\n"}, out)
    assert (done.kept, done.removed) == (("db/schema.sql",), ())
    assert (out / "db/schema.sql").read_text() == "mine"
    assert recorded(out) == {"report.md"}


def test_files_the_person_added_are_never_touched(out: Path) -> None:
    write_folder(FILES, out)
    (out / "mine.md").write_text("mine")
    before = (out / "mine.md").stat()
    write_folder(CHANGED, out)
    assert (out / "mine.md").stat() == before


def test_a_file_turns_into_a_folder_and_back(out: Path) -> None:
    write_folder({"db": "one file"}, out)
    done = write_folder({"db/a.sql": "a", "db/b.sql": "b"}, out)
    assert (done.written, done.kept) == (("db/a.sql", "db/b.sql"), ())
    done = write_folder({"db": "one file"}, out)
    assert (done.written, done.kept, texts(out)) == (("db",), (), {"db": "one file"})


# What the person changed.


def test_an_edited_file_is_kept_and_ours_lies_beside_it(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("mine")
    done = write_folder(CHANGED, out)
    assert done.kept == ("report.md",)
    assert done.written == ("db/schema.sql", "report.md.new")
    assert texts(out) == {**CHANGED, "report.md": "mine", "report.md.new": "# Better\n"}


def test_our_new_file_is_replaced_by_the_next_run(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("mine")
    write_folder(CHANGED, out)
    done = write_folder({**CHANGED, "report.md": "third"}, out)
    assert (done.written, done.kept) == (("report.md.new",), ("report.md",))
    assert (out / "report.md.new").read_text() == "third"


def test_a_new_file_the_person_edited_is_theirs_too(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("mine")
    write_folder(CHANGED, out)
    (out / "report.md.new").write_text("mine as well")
    done = write_folder(CHANGED, out)
    assert done.kept == ("report.md", "report.md.new")
    assert (out / "report.md.new").read_text() == "mine as well"
    assert (out / "report.md.new.new").read_text() == "# Better\n"


@pytest.mark.parametrize("ending", ["# Better\n", "# Report\n"])
def test_the_new_file_goes_when_the_person_takes_ours_or_undoes(out: Path, ending: str) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("mine")
    write_folder(CHANGED, out)
    (out / "report.md").write_text(ending)
    done = write_folder(CHANGED, out)
    assert (done.kept, done.removed, texts(out)) == ((), ("report.md.new",), CHANGED)


def test_a_file_the_person_edited_into_exactly_ours_is_ours_again(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("# Better\n")
    assert write_folder(CHANGED, out).unchanged == ("report.md",)
    done = write_folder({**CHANGED, "report.md": "third"}, out)
    assert (done.kept, done.written) == ((), ("report.md",))


def test_ours_moved_over_the_persons_file_is_ours_again(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").write_text("mine")
    write_folder(CHANGED, out)
    (out / "report.md.new").rename(out / "report.md")
    done = write_folder({**CHANGED, "report.md": "third"}, out)
    assert (done.kept, done.written) == ((), ("report.md",))
    assert texts(out) == {**CHANGED, "report.md": "third"}


def test_a_file_the_person_put_in_the_place_of_a_folder_stays(out: Path) -> None:
    write_folder(FILES, out)
    (out / "db/schema.sql").unlink()
    (out / "db").rmdir()
    (out / "db").write_text("mine")
    done = write_folder(FILES, out)
    assert (done.kept, done.written) == (("db",), ("db.new/schema.sql",))
    assert (out / "db").read_text() == "mine"


def test_a_folder_the_person_put_in_the_place_of_a_file_stays(out: Path) -> None:
    write_folder(FILES, out)
    (out / "report.md").unlink()
    (out / "report.md").mkdir()
    done = write_folder(FILES, out)
    assert (done.kept, done.written) == (("report.md",), ("report.md.new",))
    assert (out / "report.md").is_dir()


# Links.


def test_a_link_to_a_file_outside_is_not_written_through(out: Path) -> None:
    write_folder(FILES, out)
    outside = out.parent / "outside.md"
    outside.write_text("# Report\n")  # even if it holds exactly what we wrote
    (out / "report.md").unlink()
    (out / "report.md").symlink_to(outside)
    done = write_folder(CHANGED, out)
    assert (done.kept, outside.read_text()) == (("report.md",), "# Report\n")
    assert (out / "report.md").is_symlink()
    assert (out / "report.md.new").read_text() == "# Better\n"


def test_a_link_to_a_folder_outside_is_neither_written_nor_emptied(out: Path) -> None:
    write_folder(FILES, out)
    outside = out.parent / "outside"
    (out / "db").rename(outside)
    (out / "db").symlink_to(outside)
    done = write_folder(CHANGED, out)
    assert (done.kept, tree(outside)) == (("db",), {"schema.sql": "create table a ();\n"})
    assert (out / "db.new/schema.sql").read_text() == "create table b ();\n"
    write_folder({}, out)
    assert tree(outside) == {"schema.sql": "create table a ();\n"}
    assert tree(out).keys() == {MANIFEST, "db"}


@pytest.mark.parametrize("kind", ["link to an empty folder", "link to nothing", "pipe"])
def test_what_the_person_put_in_the_place_of_a_folder_is_no_empty_folder(
    out: Path, kind: str
) -> None:
    write_folder(FILES, out)
    (out / "db/schema.sql").unlink()
    (out / "db").rmdir()
    if kind == "pipe":
        os.mkfifo(out / "db")
    else:
        (out / "db").symlink_to(out.parent / "outside")
    if kind == "link to an empty folder":
        (out.parent / "outside").mkdir()
    before = (out / "db").lstat()
    done = write_folder({"db": "one file"}, out)
    assert (done.kept, done.written) == (("db",), ("db.new",))
    assert (out / "db").lstat().st_ino == before.st_ino


def test_a_folder_of_ours_behind_a_link_is_not_removed(out: Path) -> None:
    write_folder({"a/b/c": "c"}, out)
    outside = out.parent / "outside"
    (out / "a").rename(outside)
    (outside / "b" / "c").unlink()
    (out / "a").symlink_to(outside)
    write_folder({}, out)
    assert (outside / "b").is_dir()


def test_a_planted_manifest_cannot_lead_out_of_the_folder(out: Path) -> None:
    write_folder(FILES, out)
    manifest = json.loads((out / MANIFEST).read_text())
    victim = out.parent / "victim"
    victim.write_text("# Report\n")
    manifest["files"]["../victim"] = manifest["files"]["report.md"]
    (out / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(OutputError, match="damaged"):
        write_folder({}, out)
    write_folder({}, out, force=True)
    assert victim.exists()


# Folders that are not ours.


def test_a_foreign_folder_is_refused(out: Path) -> None:
    out.mkdir()
    (out / "mine").write_text("mine")
    for call in (lambda: check_folder(out), lambda: write_folder(FILES, out)):
        with pytest.raises(
            OutputError, match=r"not empty and was not made by Blueproof: .*--force"
        ):
            call()
    assert tree(out) == {"mine": "mine"}


def test_force_writes_beside_what_is_there(out: Path) -> None:
    out.mkdir()
    (out / "report.md").write_text("mine")
    (out / "other").write_text("mine")
    check_folder(out, force=True)
    done = write_folder(FILES, out, force=True)
    assert done.kept == ("report.md",)
    assert texts(out) == {
        **FILES,
        "other": "mine",
        "report.md": "mine",
        "report.md.new": "# Report\n",
    }
    assert write_folder(FILES, out).written == ()  # ours from now on


def test_a_persons_own_copy_of_our_text_does_not_become_ours(out: Path) -> None:
    out.mkdir()
    (out / "report.md").write_text("# Report\n")
    done = write_folder(FILES, out, force=True)
    assert (done.unchanged, done.kept) == (("report.md",), ())
    assert write_folder({}, out).removed == ("db/schema.sql",)
    assert texts(out) == {"report.md": "# Report\n"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name"),
        ("\xff", "Expecting value"),
        ("[]", "not a manifest of Blueproof"),
        ('{"made_by": "other"}', "not a manifest of Blueproof"),
        ('{"made_by": "blueproof", "shape": 2, "files": {}}', "shape 2, which this version"),
        ('{"made_by": "blueproof", "shape": 1, "files": {"a": 1}}', "no list of files"),
        ('{"made_by": "blueproof", "shape": 1, "files": {"/etc/passwd": ""}}', "not a plain"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_manifest_makes_the_folder_foreign(out: Path, text: str, why: str) -> None:
    write_folder(FILES, out)
    (out / MANIFEST).write_text(text)
    with pytest.raises(
        OutputError, match=rf"damaged .*{why}.*: choose another --out, or --force"
    ) as told:
        write_folder(CHANGED, out)
    assert "\n" not in str(told.value)
    done = write_folder(CHANGED, out, force=True)
    assert done.kept == ("db/schema.sql", "report.md")
    assert (out / "report.md").read_text() == "# Report\n"


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_a_manifest_that_is_no_plain_file_makes_the_folder_foreign(out: Path, kind: str) -> None:
    write_folder(FILES, out)
    elsewhere = (out / MANIFEST).rename(out.parent / "elsewhere")
    if kind == "link":
        (out / MANIFEST).symlink_to(elsewhere)
    else:
        (out / MANIFEST).mkdir()
    with pytest.raises(OutputError, match="not a plain file"):
        write_folder(CHANGED, out)
    assert (out / "report.md").read_text() == "# Report\n"


def test_force_undoes_all_when_the_manifest_cannot_be_replaced(out: Path) -> None:
    write_folder(FILES, out)
    (out / MANIFEST).unlink()
    (out / MANIFEST).mkdir()
    before = tree(out)
    with pytest.raises(OutputError, match="is a directory"):
        write_folder({**CHANGED, "new/x": "x"}, out, force=True)
    assert tree(out) == before


# What check_folder sees before the long work.


def test_a_new_folder_and_one_of_ours_are_fine(out: Path) -> None:
    check_folder(out)
    write_folder(FILES, out)
    check_folder(out)


def test_a_file_is_no_folder(out: Path) -> None:
    out.write_text("mine")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        check_folder(out)
    with pytest.raises(OutputError, match="not a directory"):
        check_folder(out / "below")


def test_a_missing_parent_is_named(out: Path) -> None:
    with pytest.raises(OutputError, match=f"^{out} does not exist: create it"):
        check_folder(out / "below")


def test_a_circular_link_is_named(out: Path) -> None:
    out.symlink_to(out)
    with pytest.raises(OutputError, match="circular link, remove it"):
        check_folder(out)


def test_a_name_no_file_system_takes_is_refused(out: Path) -> None:
    with pytest.raises(OutputError, match="name too long"):
        check_folder(out.parent / ("x" * 300))


# Names.


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "a\0",
        "é" * 128,
        "\ud800",
        MANIFEST,
        "a.new",
        "a.new/b",
    ],
)
def test_a_name_that_is_no_plain_path_is_a_programming_error(out: Path, name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 [one message per reason; all of them count]
        write_folder({"good": "x", name: "x"}, out)
    assert not out.exists()


def test_a_name_cannot_be_a_file_and_a_folder(out: Path) -> None:
    with pytest.raises(ValueError, match="'a/b' lies under"):
        write_folder({"a/b": "x", "a": "x"}, out)


def test_the_longest_name_is_written(out: Path) -> None:
    write_folder({"x" * 255: "x"}, out)
    assert texts(out) == {"x" * 255: "x"}


def test_no_room_for_new_in_the_longest_name_is_told(out: Path) -> None:
    write_folder({"x" * 255: "x"}, out)
    (out / ("x" * 255)).write_text("mine")
    with pytest.raises(OutputError, match="name too long"):
        write_folder({"x" * 255: "y"}, out)


# Disks that refuse.


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts a tiny file system; skips where mounting is not allowed."""
    mounted: list[Path] = []

    def mount(*options: str) -> Path:
        where = tmp_path / f"disk{len(mounted)}"
        where.mkdir()
        remount(where, "size=64k", *options)
        mounted.append(where)
        return where

    yield mount
    for where in mounted:
        subprocess.run(["umount", where], check=True)


def remount(where: Path, *options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "blueproof-test", str(where)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting is not allowed here")


BIG = {"a.md": "a", "db/big.sql": "x" * 200_000, "z.md": "z"}


def test_a_really_full_disk_leaves_no_new_folder(small_disk: Callable[..., Path]) -> None:
    disk = small_disk()
    where = disk / "answer"
    told = f"^no space left on device while writing {where}/db/big.sql: free some space or choose "
    with pytest.raises(OutputError, match=told):
        write_folder(BIG, where)
    assert listing(disk) == set()


def test_a_really_full_disk_leaves_an_old_folder_as_it_was(small_disk: Callable[..., Path]) -> None:
    disk = small_disk()
    write_folder(FILES, disk / "answer")
    before = tree(disk), stamps(disk)
    with pytest.raises(OutputError, match="no space left on device"):
        write_folder({**CHANGED, **BIG}, disk / "answer")
    assert (tree(disk), stamps(disk)) == before


def test_a_folder_that_is_a_mount_itself_is_written(small_disk: Callable[..., Path]) -> None:
    disk = small_disk()
    write_folder(FILES, disk)
    assert write_folder(CHANGED, disk).written == ("db/schema.sql", "report.md")
    assert texts(disk) == CHANGED
    assert tree(disk).keys() == {*CHANGED, "db", MANIFEST}


def test_a_really_read_only_disk_is_refused_early(small_disk: Callable[..., Path]) -> None:
    disk = small_disk()
    write_folder(FILES, disk / "answer")
    remount(disk, "remount", "ro")
    for where in (disk / "answer", disk / "another"):
        with pytest.raises(OutputError, match="is not writable: make it writable or choose"):
            check_folder(where)
    assert texts(disk / "answer") == FILES


def refuse_after(count: int, error: BaseException, patch: pytest.MonkeyPatch) -> None:
    """Let the staging writer write so many files, and then raise."""
    write, left = folder._write_file, iter(range(count))  # noqa: SLF001 [the seam for bad disks]

    def refusing(path: Path, text: bytes) -> None:
        write(path, text)
        if next(left, None) is None:
            raise error

    patch.setattr(folder, "_write_file", refusing)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "no space left on device while writing .*: free some space or choose"),
        (errno.EDQUOT, "disk quota exceeded while writing .*: free some space or choose"),
        (errno.EACCES, "permission denied while writing .*: make it writable or choose"),
        (errno.EROFS, "read-only file system while writing .*: make it writable or choose"),
        (errno.EIO, "input/output error while writing .*: choose another --out"),
    ],
)
@pytest.mark.parametrize("old", [True, False])
def test_an_error_simulated_in_the_staging_writer_changes_nothing(
    out: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str, *, old: bool
) -> None:
    if old:
        write_folder(FILES, out)
    before = tree(out.parent)
    refuse_after(1, OSError(code, os.strerror(code)), monkeypatch)
    with pytest.raises(OutputError, match=told):
        write_folder(CHANGED, out)
    assert tree(out.parent) == before


def test_no_right_to_stage_beside_stages_inside(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(FILES, out)
    rename = Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if target.parent == out.parent:
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refusing)
    write_folder(CHANGED, out)
    assert texts(out) == CHANGED
    assert listing(out.parent) == {"answer"}


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("count", range(6))
def test_a_failure_in_the_middle_of_replacing_is_undone(
    out: Path, monkeypatch: pytest.MonkeyPatch, count: int, *, links: bool
) -> None:
    write_folder({"a": "1", "b/c": "1", "d/e": "1"}, out)
    before = tree(out.parent), {n: s[0] for n, s in stamps(out).items()}
    steps = iter(range(count))

    def failing(action: Callable[..., None]) -> Callable[..., None]:
        def stepwise(path: Path, *rest: object) -> None:
            if "/new/" in str(path) and next(steps, None) is None:
                raise OSError(errno.EIO, "Input/output error")
            action(path, *rest)

        return stepwise

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing(Path.replace))
        if not links:
            patch.setattr(os, "link", failing_link)
        changed = {"a": "2", "b": "2", "f/g": "2", "h": "2"}
        if count < 5:  # a, b, f/g, h and the manifest
            with pytest.raises(OutputError, match="input/output error while writing"):
                write_folder(changed, out)
            assert (tree(out.parent), {n: s[0] for n, s in stamps(out).items()}) == before
        else:
            write_folder(changed, out)
            assert texts(out) == changed


def failing_link(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_an_edit_made_while_we_were_staging_is_noticed(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(FILES, out)
    write = folder._write_file  # noqa: SLF001 [the moment in which the person saves]

    def slowly(path: Path, text: bytes) -> None:
        write(path, text)
        (out / "report.md").write_text("mine")

    monkeypatch.setattr(folder, "_write_file", slowly)
    with pytest.raises(OutputError, match=r"report\.md was changed while we were writing"):
        write_folder(CHANGED, out)
    assert texts(out) == {**FILES, "report.md": "mine"}


# Interrupts.


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("old", [True, False])
def test_an_interrupt_while_staging_changes_nothing_and_is_passed_on(
    out: Path, monkeypatch: pytest.MonkeyPatch, count: int, *, old: bool
) -> None:
    if old:
        write_folder(FILES, out)
    before = tree(out.parent)
    refuse_after(count, KeyboardInterrupt(), monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        write_folder(CHANGED, out)
    assert tree(out.parent) == before


def test_an_interrupt_while_replacing_waits_until_all_is_in_place(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(FILES, out)
    move = Path.replace

    def interrupted(path: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)  # to this thread, whatever others there are
        return move(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(CHANGED, out)
    assert texts(out) == CHANGED
    assert listing(out.parent) == {"answer"}
    assert write_folder(CHANGED, out).written == ()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_thread_other_than_the_main_one_can_write(out: Path) -> None:
    write_folder(FILES, out)
    thread = threading.Thread(target=write_folder, args=(CHANGED, out))
    thread.start()
    thread.join()
    assert texts(out) == CHANGED


SLOW_WRITER = """
import signal, sys, time
from pathlib import Path
from blueproof.render import folder

signal.signal(signal.SIGINT, signal.default_int_handler)
write = folder._write_file

def slowly(path, text):
    write(path, text)
    print("staged", flush=True)
    time.sleep(60)

folder._write_file = slowly
folder.write_folder({"report.md": "# Better", "z.md": "z"}, Path(sys.argv[1]))
"""


@pytest.mark.parametrize("old", [True, False])
def test_a_real_interrupt_of_a_process_changes_nothing(out: Path, *, old: bool) -> None:
    if old:
        write_folder(FILES, out)
    before = tree(out.parent)
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "staged\n"
        assert tree(out.parent) != before
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert tree(out.parent) == before


# Whatever the person and we do, in whatever order.

NAMES = st.sampled_from(["a", "d", "d/x", "d/e/f", "g"])
PLACES = NAMES | st.sampled_from(
    ["a.new", "a.new.new", "d.new", "d/e", "d/x.new", "d.new/x", "g/y"]
)
OURS = st.dictionaries(NAMES, st.sampled_from(["one\n", "two\n", "three\n"]), max_size=4)


def without_clashes(files: Mapping[str, str]) -> dict[str, str]:
    return {n: t for n, t in files.items() if not any(m.startswith(f"{n}/") for m in files)}


class PersonAndUs(RuleBasedStateMachine):
    """A person at work in the folder between our runs."""

    @initialize(foreign=st.booleans())
    def begin(self, *, foreign: bool) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        base = Path(self.temporary.name)
        self.out, self.outside = base / "answer", base / "outside"
        self.outside.mkdir()
        (self.outside / "x").write_text("one\n")
        self.edits = 0
        if foreign:
            self.out.mkdir()

    def teardown(self) -> None:
        if hasattr(self, "temporary"):
            self.temporary.cleanup()

    @rule(files=OURS.map(without_clashes))
    def we_run(self, files: dict[str, str]) -> None:
        before = tree(self.out)
        done = write_folder(files, self.out, force=True)
        after = tree(self.out)
        for name, text in before.items():
            if text.startswith(("person", "->")):
                assert after.get(name) == text
        assert tree(self.outside) == {"x": "one\n"}
        assert listing(self.out.parent) == {"answer", "outside"}
        places = {*done.written, *done.unchanged}
        assert sorted(after[place] for place in places) == sorted(files.values())
        assert all(name in places or done.kept for name in files)
        assert not any(name in after for name in done.removed if name not in _folders_of(places))
        times = stamps(self.out)
        again = write_folder(files, self.out)
        assert (again.written, again.removed, set(again.unchanged)) == ((), (), places)
        assert stamps(self.out) == times

    @rule(name=PLACES)
    def the_person_writes(self, name: str) -> None:
        self.edits += 1
        self._put(name, f"person {self.edits}\n")

    @rule(name=PLACES, text=st.sampled_from(["one\n", "two\n"]))
    def the_person_copies_a_text_of_ours(self, name: str, text: str) -> None:
        self._put(name, text)

    def _put(self, name: str, text: str) -> None:
        path = self.out / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        except OSError:
            return  # a file or folder is in the way: the person gives up
        if not path.resolve().is_relative_to(self.out.resolve()):
            (self.outside / "x").write_text("one\n")
            for stray in self.outside.rglob("*"):
                if stray.name != "x" and stray.is_file():
                    stray.unlink()
            for stray in self.outside.glob("*/"):
                if stray.is_dir():
                    stray.rmdir()

    @rule(name=PLACES)
    def the_person_deletes(self, name: str) -> None:
        path = self.out / name
        if path.resolve().is_relative_to(self.out.resolve()) and path.is_file():
            path.unlink()

    @rule(name=PLACES)
    def the_person_takes_ours(self, name: str) -> None:
        path, new = self.out / name, self.out / f"{name}.new"
        if new.is_file() and path.is_file() and not path.is_symlink():
            new.replace(path)

    @rule(name=st.sampled_from(["a", "d", "d/x", "d.new", "g"]), deep=st.booleans())
    def the_person_links(self, name: str, *, deep: bool) -> None:
        path = self.out / name
        if path.parent.is_dir() and not path.parent.is_symlink() and not os.path.lexists(path):
            path.symlink_to(self.outside / "x" if deep else self.outside)

    @rule(name=st.sampled_from(["a", "d", "d/e", "g", "a.new"]))
    def the_person_makes_a_folder(self, name: str) -> None:
        path = self.out / name
        if path.parent.is_dir() and not path.parent.is_symlink() and not os.path.lexists(path):
            path.mkdir()


def _folders_of(names: set[str]) -> set[str]:
    return {str(parent) for name in names for parent in Path(name).parents}


TestPersonAndUs = PersonAndUs.TestCase
TestPersonAndUs.settings = settings(
    max_examples=150,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
