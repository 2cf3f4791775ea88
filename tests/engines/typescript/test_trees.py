"""Trees of packages: made once, whole or not at all, with errors of one line."""

import io
import json
import os
import stat
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines.typescript import trees
from blueproof.engines.typescript.declarations import keep_types
from blueproof.facts.pinned import npm_trees

NPM = """#!/bin/sh
echo "$@" >> "{log}"
case "$1" in
  install) mkdir -p node_modules/convex; echo host > node_modules/.package-lock.json; sleep 0.2 ;;
  pack) cp "{archive}" . ;;
esac
{more}
"""


def archive(file: Path, root: str, files: dict[str, str]) -> Path:
    with tarfile.open(file, "w:gz") as made:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{root}/{name}")
            entry.size = len(text.encode())
            made.addfile(entry, io.BytesIO(text.encode()))
    return file


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache, and an npm that only says what it was asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fake_npm(monkeypatch, tmp_path)
    return tmp_path / "cache" / "blueproof" / "npm"


def fake_npm(monkeypatch: pytest.MonkeyPatch, folder: Path, more: str = "") -> None:
    packed = archive(folder / "a.tgz", "react", {
        "package.json": json.dumps({"name": "@types/react"}), "index.d.ts": "", "index.js": "",
    })  # fmt: skip
    program = folder / "npm"
    program.write_text(NPM.format(log=folder / "log", archive=packed, more=more), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(trees, "_npm_program", lambda: (str(program),))


def test_a_tree_is_made_once_and_found_again(cache: Path, tmp_path: Path) -> None:
    assert trees.tree("convex") is None
    home = trees.install("convex")
    assert home.parent == cache
    assert trees.install("convex") == trees.tree("convex") == home
    assert (tmp_path / "log").read_text().count("install") == 1


def test_what_a_killed_installation_left_is_swept_on_the_next(cache: Path) -> None:
    for name, age in (("making-old", 3 * 3_600), ("making-now", 60)):
        (cache / name / "made").mkdir(parents=True)
        os.utime(cache / name, (time.time() - age,) * 2)
    home = trees.install("convex")
    assert {each.name for each in cache.iterdir()} == {"making-now", home.name}


def test_nothing_names_where_packages_came_from(cache: Path) -> None:
    home = trees.install("convex")
    assert cache in home.parents
    assert not (home / "node_modules" / ".package-lock.json").exists()


def test_scripts_of_packages_are_not_run(cache: Path, tmp_path: Path) -> None:
    trees.install("client")
    assert all("--ignore-scripts" in line for line in (tmp_path / "log").read_text().splitlines())
    assert (cache / trees.install("client").name / "node_modules/@types/react/index.d.ts").exists()


@pytest.mark.usefixtures("cache")
def test_two_at_once_do_not_break_one_another() -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(trees.install, ["convex", "convex"])
    assert first == second
    assert [p.name for p in first.parent.iterdir()] == [first.name]


def test_an_older_tree_goes_once_the_new_one_stands(cache: Path) -> None:
    old = cache / "convex-000000000000"
    old.mkdir(parents=True)
    trees.install("convex")
    assert not old.exists()


@pytest.mark.parametrize("name", trees.NAMES)
def test_a_failure_is_one_line_and_leaves_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: trees.Name
) -> None:
    said = "echo 'npm error code EAI_AGAIN' >&2; echo 'npm error no route' >&2; exit 1"
    fake_npm(monkeypatch, tmp_path, said)
    with pytest.raises(EngineError, match=r"npm could not fetch .*: code EAI_AGAIN no route") as e:
        trees.install(name)
    assert "\n" not in str(e.value)
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures("cache")
def test_npm_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_npm(monkeypatch, tmp_path, "exec sleep 30")
    monkeypatch.setattr(trees, "_SECONDS", 1)
    with pytest.raises(EngineError, match="within 1 s"):
        trees.install("convex")


def test_without_npm_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(trees, "nodes", lambda: ())
    monkeypatch.setattr(trees, "tool", lambda _name: None)
    with pytest.raises(EngineError, match="doctor --install node"):
        trees.install("convex")


def test_only_declarations_are_kept_of_an_archive(tmp_path: Path) -> None:
    files = {
        "package.json": '{"name": "@a/b"}', "build/a.d.ts": "", "build/a.d.mts": "", "a.js": "",
        "tsconfig.base.json": "{}", "a.ts": "", "b.json": "{}", "lib/package.json": "{}",
    }  # fmt: skip
    keep_types(archive(tmp_path / "a.tgz", "other-name", files), tmp_path / "node_modules")
    kept = {str(f.relative_to(tmp_path)) for f in (tmp_path / "node_modules").rglob("*.*")}
    place = "node_modules/@a/b"
    assert kept == {
        f"{place}/package.json", f"{place}/build/a.d.ts", f"{place}/build/a.d.mts",
        f"{place}/tsconfig.base.json", f"{place}/lib/package.json",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../../escaped", "/etc", "a/../../b", ""])
def test_an_archive_cannot_choose_a_place_outside(tmp_path: Path, name: str) -> None:
    files = {"package.json": json.dumps({"name": name}), "a.d.ts": ""}
    with pytest.raises(ValueError, match="an archive whose package is called"):
        keep_types(archive(tmp_path / "a.tgz", "p", files), tmp_path / "node_modules")


def test_versions_are_exact() -> None:
    for wanted in npm_trees().values():
        for package, version in {**wanted.packages, **wanted.types_only}.items():
            assert version[0].isdigit(), f"{package} {version}"
            assert not set(" ^~*x<>|") & set(version), f"{package} {version}"
