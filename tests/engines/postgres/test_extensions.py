"""The build with extensions: what of it is kept, and what comes of it on a twin."""

import contextlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from blueproof.engines.postgres import extensions
from blueproof.engines.postgres.extensions import MAY_BE_MADE, is_kept, unpack
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Refused, Twin
from blueproof.facts.pinned import packages
from blueproof.sql.plan import ExtensionMissing

HARMFUL = {
    *("dblink", "file_fdw", "postgres_fdw", "adminpack", "plperl", "plperlu", "plpython3u"),
    *("pltcl", "pltclu", "xml2", "pageinspect", "pg_prewarm", "pg_surgery", "sslinfo", "amcheck"),
}


def test_nothing_is_made_that_reads_files_runs_programs_or_opens_connections() -> None:
    assert not MAY_BE_MADE & HARMFUL


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("bin/postgres", True),
        ("lib/libpq.so.5.18", True),
        ("lib/libpq.a", False),
        ("lib/pkgconfig/libpq.pc", False),
        ("lib/postgresql/pgxs/config/install-sh", False),
        ("lib/postgresql/pg_trgm.so", True),
        ("lib/postgresql/pg_trgm.dylib", True),
        ("lib/postgresql/_int.so", True),
        ("lib/postgresql/uuid-ossp.so", True),
        ("lib/postgresql/dict_snowball.so", True),
        ("lib/postgresql/utf8_and_win.so", True),
        ("lib/postgresql/basebackup_to_shell.so", False),
        *((f"lib/postgresql/{name}.so", False) for name in sorted(HARMFUL)),
        *((f"share/postgresql/extension/{name}.control", False) for name in sorted(HARMFUL)),
        ("share/postgresql/extension/hstore_plperl--1.0.sql", False),
        ("share/postgresql/extension/hstore--1.4--1.5.sql", True),
        ("share/postgresql/extension/plpgsql.control", True),
        ("share/postgresql/tsearch_data/unaccent.rules", True),
    ],
)
def test_what_is_kept_of_the_build(path: str, *, kept: bool) -> None:
    assert is_kept(tuple(path.split("/"))) is kept


def _archive(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "made.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size, member.mode = len(text), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_links_are_made_as_listed_and_lead_nowhere_else(tmp_path: Path) -> None:
    links = [
        {"source": "native/lib/liba.so.1.2", "target": "native/lib/liba.so.1"},
        {"source": "native/lib/missing.so.1", "target": "native/lib/missing.so"},
        {"source": "native/../../outside", "target": "native/lib/out.so"},
        {"source": "native/lib/liba.so.1.2", "target": "/outside.so"},
    ]
    control = "native/share/postgresql/extension/hstore.control"
    files = {
        "native/lib/liba.so.1.2": "a",
        "native/pg-symlinks.json": json.dumps(links),
        "native/lib/postgresql/dblink.so": "no",
        control: "comment = 'x'\ntrusted = true\n",
        "scripts/hydrate.js": "no",
    }
    tree = tmp_path / "tree"
    unpack(_archive(tmp_path, files), tree)
    assert (tree / "lib/liba.so.1").read_text() == "a"
    assert sorted(f.name for f in (tree / "lib").iterdir()) == ["liba.so.1", "liba.so.1.2"]
    assert "trusted = false" in (tree / control.removeprefix("native/")).read_text()
    assert not (tmp_path / "scripts").exists()
    assert all(f.stat().st_mode & 0o005 == 0o005 for f in tree.rglob("*") if f.is_dir())


def test_there_is_a_build_of_version_18_for_each_platform() -> None:
    found = {name.rpartition("/")[2]: p for name, p in packages().items()}
    assert set(found) >= {"linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"}
    assert all(p.version.startswith("18.") for p in found.values())
    assert all(p.integrity.startswith("sha512-") for p in found.values())


def test_nothing_is_installed_in_a_cache_of_somebody_new(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert extensions.installed() is None
    assert extensions.version() == ""


@pytest.mark.usefixtures("with_extensions")
def test_every_extension_that_may_be_made_is_made_and_no_other_is_there(server: Server) -> None:
    ddl = "".join(f'CREATE EXTENSION "{name}";' for name in sorted(MAY_BE_MADE))
    with Twin(server, ddl) as twin:
        assert twin.left_out == ()
    with contextlib.closing(server.admin()) as admin:
        there = {name for (name,) in admin.run("SELECT name::text FROM pg_available_extensions")}
        trusted = admin.run("SELECT name FROM pg_available_extension_versions WHERE trusted")
    assert there == MAY_BE_MADE | {"plpgsql"}
    assert trusted == []


TYPES = """
CREATE EXTENSION earthdistance CASCADE; CREATE EXTENSION citext; CREATE EXTENSION btree_gist;
CREATE EXTENSION ltree; CREATE EXTENSION hstore; CREATE EXTENSION unaccent;
CREATE TABLE t (id int, email citext UNIQUE, path ltree, extra hstore, during tstzrange,
  at point, EXCLUDE USING gist (id WITH =, during WITH &&));
CREATE INDEX by_path ON t USING gist (path); CREATE INDEX by_extra ON t USING gin (extra);
CREATE INDEX near ON t USING gist (ll_to_earth(at[0], at[1]));
"""


@pytest.mark.usefixtures("with_extensions")
def test_schemas_with_types_of_extensions_are_whole(server: Server) -> None:
    with Twin(server, TYPES) as twin:
        assert twin.left_out == ()
        assert set(twin.schema.by_name) == {"t"}
        assert [c.type for c in twin.schema.by_name["t"].columns][1:4] == [
            "citext", "ltree", "hstore",
        ]  # fmt: skip
        assert twin.plan("SELECT * FROM t WHERE email = 'A@b.c'").indexes == ("t_email_key",)


CHANGE = "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX i ON t USING gin (a gin_trgm_ops);"


@pytest.mark.usefixtures("with_extensions")
def test_a_change_may_ask_for_trigrams_wherever_the_schema_has_them(server: Server) -> None:
    for ddl in ("", "CREATE EXTENSION pg_trgm;", "CREATE EXTENSION pg_trgm SCHEMA public;"):
        with Twin(server, ddl + "CREATE TABLE t (a text);") as twin:
            assert [i.name for i in twin.schema_after(CHANGE).indexes] == ["i"]


def test_a_change_that_needs_what_is_not_here_says_so(bare_server: Server) -> None:
    with Twin(bare_server, "CREATE TABLE t (a text);") as twin:
        for change in (CHANGE, "CREATE INDEX ON t USING gin (a gin_trgm_ops)"):
            with pytest.raises(ExtensionMissing, match="extension pg_trgm is not here"):
                twin.schema_after(change)
        with pytest.raises(Refused) as refused:
            twin.schema_after("CREATE INDEX ON t USING gin (a)")
    assert not isinstance(refused.value, ExtensionMissing)


@pytest.mark.usefixtures("with_extensions")
def test_a_script_that_makes_its_public_schema_anew_finds_it_empty(server: Server) -> None:
    ddl = "DROP SCHEMA IF EXISTS public; CREATE SCHEMA public; CREATE TABLE public.t (a text);"
    with Twin(server, ddl) as twin:
        assert twin.left_out == ()
        assert set(twin.schema.by_name) == {"t"}
