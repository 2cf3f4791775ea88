"""What is read of a person's files, and what they are told when it cannot be read."""

import codecs
import errno
import gzip
import io
import os
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.errors import InputError
from blueproof.intake import files
from blueproof.intake.files import STANDARD_INPUT, Piece, gather, read_sql, without_down


def refusal(read: Callable[..., object], path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(path, option="--schema")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("--schema: ")
    return message


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"-- {name}\n")


def gathered(folder: Path) -> list[str]:
    pieces = gather(folder, option="--schema")
    names = [Path(piece.path).relative_to(folder).as_posix() for piece in pieces]
    assert [piece.text for piece in pieces] == [f"-- {name}\n" for name in names]
    return names


TEXT = "CREATE TABLE größe (\r\n  名 text DEFAULT '😀'\r\n);\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_text_comes_back_whole_from_every_unicode_encoding(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.sql").write_bytes(data)
    assert read_sql(tmp_path / "a.sql", option="--schema") == TEXT


def test_empty_file_is_empty_text(tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    assert read_sql(tmp_path / "a.sql", option="--schema") == ""


def test_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("utf-8-sig"))))
    assert read_sql(Path("-"), option="--schema") == TEXT
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SELECT 1")))
    assert gather(Path("-"), option="--schema") == (Piece(path=STANDARD_INPUT, text="SELECT 1"),)


def test_standard_input_that_is_a_dump_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"PGDMP\x01\x10\0")))
    assert refusal(read_sql, Path("-")) == (
        "--schema: standard input is a dump in PostgreSQL's custom format, not SQL text: "
        "run pg_restore -f schema.sql FILE"
    )


@pytest.mark.parametrize("read", [read_sql, gather])
def test_missing_path_is_named(tmp_path: Path, read: Callable[..., object]) -> None:
    assert f"{tmp_path}/no.sql does not exist: give" in refusal(read, tmp_path / "no.sql")


def test_link_to_nowhere_names_both_ends(tmp_path: Path) -> None:
    (tmp_path / "a.sql").symlink_to(tmp_path / "gone.sql")
    message = refusal(read_sql, tmp_path / "a.sql")
    assert f"a.sql is a link to {tmp_path}/gone.sql, which does not exist" in message


def test_link_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.sql").symlink_to(tmp_path / "b.sql")
    (tmp_path / "b.sql").symlink_to(tmp_path / "a.sql")
    assert "a.sql is a link that leads back to itself" in refusal(read_sql, tmp_path / "a.sql")


def test_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    assert "is a folder: give a file of SQL in it" in refusal(read_sql, tmp_path)


def test_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.sql")
    assert "cannot read" in refusal(read_sql, tmp_path / "a.sql" / "b.sql")


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.sql")
    expected = "a.sql is a pipe, not a file: send its text in with --schema -"
    assert expected in refusal(read_sql, tmp_path / "a.sql")
    assert expected in refusal(gather, tmp_path)


def test_device_is_refused() -> None:
    message = refusal(gather, Path("/dev/zero"))
    assert "/dev/zero is a device or socket, not a file" in message


def test_file_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.sql")

    def deny(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", deny)
    assert "cannot read" in refusal(read_sql, tmp_path / "a.sql")
    assert "(permission denied): give a file that you may read" in refusal(gather, tmp_path)
    monkeypatch.setattr(Path, "iterdir", deny)
    assert f"cannot read {tmp_path} (permission denied)" in refusal(gather, tmp_path)


def test_database_and_archives_are_named_with_the_way_to_sql(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"SELECT 1"))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.sql", "SELECT 1")
    (tmp_path / "a b.dump").write_bytes(b"PGDMP\x01\x0e\0\x04\x08")
    assert f"is a SQLite database, not SQL text: run sqlite3 {tmp_path}/a.db .schema" in refusal(
        read_sql, tmp_path / "a.db"
    )
    assert f"is a gzip archive, not SQL text: run gunzip -c {tmp_path}/a.gz >" in refusal(
        read_sql, tmp_path / "a.gz"
    )
    assert f"run unzip {tmp_path}/a.zip" in refusal(read_sql, tmp_path / "a.zip")
    assert f"run pg_restore -f schema.sql '{tmp_path}/a b.dump'" in refusal(
        read_sql, tmp_path / "a b.dump"
    )


def test_dump_in_directory_format_is_named(tmp_path: Path) -> None:
    write(tmp_path, "toc.dat", "1.dat.gz")
    assert f"run pg_restore -f schema.sql {tmp_path}" in refusal(gather, tmp_path)


def test_nul_byte_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"SELECT 1;\nSELECT \0;\n")
    assert "is no SQL text (a NUL byte on line 2)" in refusal(read_sql, tmp_path / "a.sql")


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_without_a_mark_is_recognised(tmp_path: Path, order: str) -> None:
    (tmp_path / "a.sql").write_bytes("SELECT 1;\n".encode(f"utf-16-{order}"))
    message = refusal(read_sql, tmp_path / "a.sql")
    assert f"looks like UTF-16: run iconv -f UTF-16{order.upper()} -t UTF-8" in message


def test_broken_utf_16_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(codecs.BOM_UTF16_LE + b"a\0b")
    assert "begins as UTF-16 but does not go on so" in refusal(read_sql, tmp_path / "a.sql")


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("SELECT 1;", "WINDOWS-1252"),
        ("SET client_encoding = 'LATIN1';", "LATIN1"),
        ("SET client_encoding TO 'WIN1250';", "WINDOWS-1250"),
        ("SET client_encoding = 'SQL_ASCII';", "WINDOWS-1252"),
    ],
)
def test_other_encoding_is_not_guessed(tmp_path: Path, header: str, source: str) -> None:
    (tmp_path / "a.sql").write_bytes(f"{header}\n-- prix: 10 é\n".encode("latin-1"))
    assert refusal(read_sql, tmp_path / "a.sql") == (
        f"--schema: {tmp_path}/a.sql is not UTF-8 at line 2, byte 13 (0xe9): convert it from its "
        f"own encoding, for example iconv -f {source} -t UTF-8 {tmp_path}/a.sql > utf8.sql"
    )


def test_more_than_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.sql").open("wb") as file:
        file.truncate(files.MOST_BYTES + 1)
    assert "holds more than 50 MB: hand over the schema only: pg_dump --schema-only" in refusal(
        read_sql, tmp_path / "a.sql"
    )


def test_folder_that_holds_too_much_in_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.sql", "b.sql")
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert read_sql(tmp_path / "a.sql", option="--schema") == "-- a.sql\n"
    assert f"{tmp_path} holds more than" in refusal(gather, tmp_path)


MIGRATIONS = {
    "prisma": (
        ["migrations/20230101_init/migration.sql", "migrations/20231201_add/migration.sql"],
        ["migrations/migration_lock.toml"],
    ),
    "supabase": (
        ["migrations/20240101000000_a.sql", "migrations/20240102000000_b.sql", "seed.sql"],
        [".temp/x.sql", "config.toml"],
    ),
    "flyway": (
        [
            "V1__z.sql",
            "V1.1__y.sql",
            "sub/V2__x.sql",
            "V2_1__a.sql",
            "V10__a.sql",
            "a.sql",
            "R__view.sql",
        ],
        ["U2__x.sql"],
    ),
    "flyway that scales down": (["V1__scale_down.sql", "V2__down.sql"], []),
    "golang-migrate": (
        ["1_a.up.sql", "2_b.up.sql", "10_c.up.sql"],
        ["1_a.down.sql", "2_b.down.sql", "10_c.down.sql"],
    ),
    "diesel": (["2023-01-01_a/up.sql", "2023-01-02_b/up.sql"], ["2023-01-01_a/down.sql"]),
    "underscore": (["001_up.sql", "002_up.SQL"], ["001_down.sql", "002_DOWN.sql"]),
    "up and down folders": (["up/1.sql"], ["down/1.sql"]),
    "sqitch": (["deploy/a.sql"], ["revert/a.sql", "verify/a.sql", "sqitch.plan"]),
    "a project": (
        ["db/schema.sql"],
        ["node_modules/x/y.sql", ".git/a.sql", "db/.hidden.sql", "a.py"],
    ),
    "equal numbers": (["01.sql", "1.sql", "2.sql"], []),
}


@pytest.mark.parametrize(("wanted", "others"), MIGRATIONS.values(), ids=MIGRATIONS)
def test_folder_gives_what_runs_forward_in_order(
    tmp_path: Path, wanted: list[str], others: list[str]
) -> None:
    write(tmp_path, *reversed(wanted), *others)
    assert gathered(tmp_path) == wanted


def test_folder_without_sql_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "node_modules/b.sql", "1.down.sql")
    assert "has no .sql file to run forward" in refusal(gather, tmp_path)


def test_links_in_a_circle_are_read_once(tmp_path: Path) -> None:
    write(tmp_path, "a/1.sql", "b/2.sql")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "0").symlink_to(tmp_path / "b")
    assert gathered(tmp_path) == ["a/1.sql", "b/2.sql"]


def test_linked_folder_is_entered(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/1.sql")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    pieces = gather(tmp_path / "here", option="--schema")
    assert [piece.path for piece in pieces] == [f"{tmp_path}/here/link/1.sql"]


def test_broken_link_in_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "1.sql")
    (tmp_path / "2.sql").symlink_to("gone.sql")
    assert "2.sql is a link to gone.sql, which does not exist" in refusal(gather, tmp_path)


def test_paths_below_the_current_folder_are_shown_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "db/1.sql")
    monkeypatch.chdir(tmp_path)
    for given_as in (tmp_path / "db", Path("db"), Path("./db/"), tmp_path / "db" / "1.sql"):
        assert [p.path for p in gather(given_as, option="--schema")] == ["db/1.sql"]


def test_name_that_no_terminal_can_show_does_not_break_the_line(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\n\xff.sql"))
    assert "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.sql does" in refusal(read_sql, path)


SECTIONS = {
    "dbmate": ("-- migrate:up", "-- migrate:down transaction:false"),
    "goose": ("-- +goose Up", "-- +goose Down"),
    "sql-migrate": ("-- +migrate Up", "--+migrate Down notransaction"),
    "node-pg-migrate": ("-- Up Migration", "-- Down Migration"),
    "mybatis": ("-- // first", "-- //@UNDO"),
    "tern": ("-- first", "---- create above / drop below ----"),
}


@pytest.mark.parametrize(("up", "down"), SECTIONS.values(), ids=SECTIONS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_section_that_undoes_is_dropped(tmp_path: Path, up: str, down: str, end: str) -> None:
    lines = [up, "CREATE TABLE a ();", "", down, "DROP TABLE a;", "-- end"]
    (tmp_path / "1.sql").write_bytes(end.join(lines).encode())
    (piece,) = gather(tmp_path / "1.sql", option="--schema")
    assert piece.text.rstrip() == end.join(lines[:2])


def test_section_after_the_one_that_undoes_keeps_its_lines() -> None:
    text = "-- Down Migration\nDROP TABLE a;\n-- Up Migration\nCREATE TABLE a ();\n"
    assert without_down(text) == "\n\n-- Up Migration\nCREATE TABLE a ();\n"


@pytest.mark.parametrize(
    "text",
    [
        "-- the down migration is elsewhere\nSELECT 1;",
        "SELECT '-- migrate:down';",
        "-- slow down\nSELECT 1;",
        "-- migrate:downtown\nSELECT 1;",
    ],
)
def test_text_that_only_speaks_of_down_stays(text: str) -> None:
    assert without_down(text) == text


@given(st.binary(max_size=60))
def test_any_bytes_give_text_or_one_line(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        refused = ""
        text = ""
        try:
            text = read_sql(Path("-"), option="--queries")
        except InputError as error:
            refused = str(error)
    assert "\n" not in refused
    assert "\0" not in text
