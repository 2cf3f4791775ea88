"""A package is fetched through npm, or from the registry that npm's settings name, or not."""

import http.server
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines import packages
from blueproof.engines.packages import digest, fetch, registry
from blueproof.facts.pinned import Package

DATA = b"an archive"
SETTINGS = ("NPM_CONFIG_REGISTRY", "npm_config_registry", "npm_config_userconfig")


def pinned(data: bytes) -> Package:
    day = date(2026, 1, 1)
    return Package(
        package="@some/thing", version="1.2.3", integrity=digest(data), source="", checked=day,
        date=day,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def bare_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of npm but those of the test."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NPM_CONFIG_USERCONFIG", str(tmp_path / "user.npmrc"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "tool", lambda _name: None)


@pytest.fixture
def served() -> Iterator[tuple[str, list[str]]]:
    """A registry on this machine: its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(DATA)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/npm", asked
        server.shutdown()
        thread.join()


def with_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> Path:
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setattr(packages, "tool", lambda _name: str(npm))
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


PACK = 'echo "$*" > asked; while [ "$1" != --pack-destination ]; do shift; done; '


def test_npm_packs_it_without_running_scripts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = with_npm(monkeypatch, tmp_path, PACK + 'printf "an archive" > "$2/some-thing.tgz"')
    assert fetch(pinned(DATA), folder).read_bytes() == DATA
    words = (folder / "asked").read_text().split()
    assert words[:2] == ["pack", "@some/thing@1.2.3"]
    assert "--ignore-scripts" in words


def test_what_is_not_what_was_pinned_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = with_npm(monkeypatch, tmp_path, PACK + 'printf "another" > "$2/some-thing.tgz"')
    with pytest.raises(EngineError, match="not what was pinned on 2026-01-01"):
        fetch(pinned(DATA), folder)


def test_what_npm_says_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = with_npm(monkeypatch, tmp_path, "echo no such package >&2; exit 1")
    with pytest.raises(EngineError, match="no such package"):
        fetch(pinned(DATA), folder)


@pytest.mark.usefixtures("no_npm")
def test_without_npm_the_registry_of_its_settings_is_asked(
    served: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", served[0] + "/")
    assert fetch(pinned(DATA), tmp_path).read_bytes() == DATA
    assert served[1] == ["/npm/@some/thing/-/thing-1.2.3.tgz"]


@pytest.mark.usefixtures("no_npm")
def test_without_npm_and_its_settings_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="install npm, or set NPM_CONFIG_REGISTRY"):
        fetch(pinned(DATA), tmp_path)


def test_settings_of_a_scope_count_before_general_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert registry("@some") == ""
    (tmp_path / "user.npmrc").write_text("registry = http://one.example/\n; a comment\nfund=false")
    assert registry("@some") == "http://one.example"
    (tmp_path / ".npmrc").write_text("@some:registry=http://two.example/npm/\n")
    assert registry("@some") == "http://two.example/npm"
    assert registry("@other") == "http://one.example"
    monkeypatch.setenv("npm_config_registry", "http://three.example")
    assert registry("@other") == "http://three.example"
    assert registry("@some") == "http://two.example/npm"


def test_only_addresses_of_the_web_are_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "file:///etc")
    assert registry("@some") == ""
