"""The compiler: what it holds against a project, what it passes by, and that it runs nothing."""

from pathlib import Path

import pytest

from blueproof.core.errors import EngineError, InputError
from blueproof.engines.typescript import compiling, running
from blueproof.engines.typescript.compiling import check, complaints
from blueproof.engines.typescript.convex import generated
from npm import tree
from typescript_samples import altered, read

PROJECT = "convex/tsconfig.json"
PLAIN = {"compilerOptions": {"strict": True}}
SETTINGS = '{"compilerOptions": {"strict": true, "types": []}, "include": ["src"]}'


@pytest.fixture(scope="module")
def packages() -> Path:
    return tree("convex")


@pytest.fixture(scope="module")
def chat(packages: Path) -> dict[str, str]:
    return dict(generated(read("chat"), packages).files)


def test_a_sound_back_end_has_no_complaint_and_every_file_is_read(
    chat: dict[str, str], packages: Path
) -> None:
    found = check(chat, packages, PROJECT)
    assert found.complaints == ()
    assert found.passed_by == ()
    assert {"convex/schema.ts", "convex/messages.ts", "convex/messages.test.ts"} <= {*found.files}


def test_an_index_without_the_field_is_found_at_its_place(
    chat: dict[str, str], packages: Path
) -> None:
    wrong = altered(
        chat, "convex/messages.ts", 'q.eq("conversation", conversation))', 'q.eq("room", "a"))'
    )
    (complaint,) = complaints(wrong, packages, PROJECT)
    assert (complaint.path, complaint.code) == ("convex/messages.ts", "TS2345")
    line = wrong["convex/messages.ts"].splitlines()[complaint.line - 1]
    assert line[complaint.column - 1 :].startswith('"room"')
    assert str(complaint).startswith(f"convex/messages.ts({complaint.line},{complaint.column}): TS")


def test_a_validator_that_returns_something_else_is_found(
    chat: dict[str, str], packages: Path
) -> None:
    wrong = altered(chat, "convex/messages.ts", "returns: v.null()", "returns: v.string()")
    codes = {c.code for c in complaints(wrong, packages, PROJECT)}
    assert codes & {"TS2322", "TS2345", "TS2719"}, codes


def test_what_was_found_before_is_found_again_by_what_is_kept(
    chat: dict[str, str], packages: Path
) -> None:
    wrong = altered(chat, "convex/messages.ts", "text.length > LONGEST", "text.size > LONGEST")
    first = complaints(wrong, packages, PROJECT)
    assert [c.code for c in first] == ["TS2551" if "did you mean" in first[0].text else "TS2339"]
    assert complaints(wrong, packages, PROJECT) == first
    assert complaints(chat, packages, PROJECT) == ()
    assert complaints(wrong, packages, PROJECT) == first


def test_a_file_that_no_setting_leads_to_is_told(packages: Path) -> None:
    files = {
        "tsconfig.json": SETTINGS,
        "src/a.ts": "export const a: number = 1;\n",
        "lost/b.ts": "export const b: number = 'b';\n",
        "other/tsconfig.json": SETTINGS,
        "other/src/c.ts": "export const c = 1;\n",
        "src/shapes.d.ts": "declare const shape: number;\n",
    }
    found = check(files, packages)
    assert (found.complaints, found.passed_by) == ((), ("lost/b.ts",))


def test_a_project_without_files_is_a_complaint_of_no_place(packages: Path) -> None:
    (complaint,) = complaints({"tsconfig.json": SETTINGS}, packages)
    assert (complaint.path, complaint.line, complaint.code) == ("", 0, "TS18003")


def test_a_compiler_out_of_time_or_memory_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, packages: Path
) -> None:
    files = {"tsconfig.json": SETTINGS, "src/a.ts": "export const a = 1;\n"}
    monkeypatch.setattr(running, "_MEGABYTES", 8)
    with pytest.raises(EngineError, match="the TypeScript compiler ended with"):
        check(files, packages)
    monkeypatch.undo()
    monkeypatch.setattr(compiling, "_SECONDS", 0.05)
    with pytest.raises(EngineError, match="tsc did not end within"):
        check(files, packages)


@pytest.mark.parametrize("path", ["../a.ts", "/a.ts", "node_modules/convex/a.ts", "a/../../b.ts"])
def test_a_path_out_of_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="below its folder"):
        check({"tsconfig.json": SETTINGS, path: ""}, tmp_path)
