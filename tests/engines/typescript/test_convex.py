"""A Convex back end: its generated code by two ways, and tests that notice what is wrong."""

from pathlib import Path

import pytest

from blueproof.engines.typescript import convex
from blueproof.engines.typescript.compiling import complaints
from blueproof.engines.typescript.convex import generated
from blueproof.engines.typescript.generating import modules, printed
from npm import tree
from typescript_samples import altered, read

PROJECT = "convex/tsconfig.json"
CHAT = read("chat")
MEMBERSHIP = "if (found === null) throw"


@pytest.fixture(scope="module")
def packages() -> Path:
    return tree("convex")


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(convex, "cache", lambda: tmp_path)
    return tmp_path


def test_the_generator_writes_the_code_and_its_answer_is_kept(
    packages: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = generated(CHAT, packages)
    assert first.by == "convex codegen"
    assert "typeof messages" in first.files["convex/_generated/api.d.ts"]
    assert len(list(empty_cache.rglob("*.json"))) == 1
    monkeypatch.setattr(convex, "_COMMAND", "nothing")
    assert generated(CHAT, packages) == first
    more = {**CHAT, "convex/rooms.ts": "export const a = 1;\n"}
    assert generated(more, packages).by == "our own template"


@pytest.mark.usefixtures("empty_cache")
def test_our_template_stands_in_where_the_generator_refuses(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convex, "_OPTIONS", ("codegen", "--no-such-option"))
    made = generated(CHAT, packages)
    assert made.by == "our own template"
    assert complaints(made.files, packages, PROJECT) == ()
    assert convex.tested(made.files, packages).failed == ()


def test_our_template_means_what_the_generator_writes(packages: Path) -> None:
    own = {
        **{path: text for path, text in CHAT.items() if path.startswith("convex/")},
        "convex/model/deep-one.ts": "export const a = 1;\n",
        "convex/delete.ts": "export const b = 1;\n",
        "convex/empty.ts": "const c = 1;\n",
        "convex/auth.config.ts": "export default {};\n",
    }
    theirs = generated(own, packages).files
    names = [line.split(":")[0].strip(' "') for line in
             theirs["convex/_generated/api.d.ts"].splitlines() if ": typeof " in line]  # fmt: skip
    assert sorted(modules(own)) == sorted(names) == ["delete", "messages", "model/deep-one"]
    both = "".join(
        f'import * as {side}{n} from "./{side}/{name}";\n'
        for side in ("_generated", "ours") for n, name in enumerate(("api", "server"))
    )  # fmt: skip
    same = (
        f"{both}"
        "type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;\n"
        "export const api: Same<typeof _generated0.api, typeof ours0.api> = true;\n"
        "export const internal: Same<typeof _generated0.internal, typeof ours0.internal> = true;\n"
        "export const server: Same<typeof _generated1, typeof ours1> = true;\n"
    )
    ours = {path.replace("_generated", "ours"): text for path, text in printed(own).items()}
    assert complaints({**theirs, **ours, "convex/same.test.ts": same}, packages, PROJECT) == ()
    other = altered(ours, "convex/ours/server.d.ts", 'query: QueryBuilder<DataModel, "public">',
                    'query: QueryBuilder<DataModel, "internal">')  # fmt: skip
    assert complaints({**theirs, **other, "convex/same.test.ts": same}, packages, PROJECT)


def test_sound_tests_pass_and_say_so(packages: Path) -> None:
    seen = convex.tested(CHAT, packages)
    assert (seen.passed, seen.failed, seen.skipped) == (3, (), 0)


def test_tests_notice_that_members_are_not_asked_for(packages: Path) -> None:
    seen = convex.tested(
        altered(CHAT, "convex/messages.ts", MEMBERSHIP, "if (false) throw"), packages
    )
    assert seen.passed == 2
    (failure,) = seen.failed
    assert failure.startswith("convex/messages.test.ts: a stranger learns nothing: ")


def test_a_test_file_that_cannot_be_read_is_a_failure(packages: Path) -> None:
    seen = convex.tested({**CHAT, "convex/broken.test.ts": "import './nothing';\n"}, packages)
    assert seen.passed == 3
    assert [f.partition(":")[0] for f in seen.failed] == ["convex/broken.test.ts"]


def test_tests_of_the_client_are_not_those_of_the_back_end(packages: Path) -> None:
    config = 'export default { test: { environment: "edge-runtime" } };\n'
    root = '{"extends": "expo/tsconfig.base", "include": ["**/*"]}'
    client = 'import { test } from "vitest";\ntest("a", () => { throw new Error("no"); });\n'
    files = {**CHAT, "vitest.config.mts": config, "tsconfig.json": root, "lib/a.test.ts": client}
    seen = convex.tested(files, packages)
    assert (seen.passed, seen.failed) == (3, ())


def test_a_test_that_is_skipped_is_counted(packages: Path) -> None:
    skipping = altered(CHAT, "convex/messages.test.ts", 'test("a stranger', 'test.skip("a stranger')
    assert convex.tested(skipping, packages).skipped == 1


def test_nothing_of_ours_and_no_network_reaches_a_test(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLUEPROOF_SECRET", "known-to-us-only")
    outside = """// @vitest-environment node
import { connect } from "node:net";
import { expect, test } from "vitest";

test("no variable of theirs", () => expect(JSON.stringify(process.env)).not.toContain("known-to"));
test("no network", () => {
  expect(() => connect(443, "192.0.2.1")).toThrow("no network while checks run");
});
test("none by name", async () => {
  await expect(fetch("https://example.com/")).rejects.toThrow("fetch failed");
});
test("their own machine", async () => {
  await expect(fetch("http://127.0.0.1:9/")).rejects.toThrow();
});
"""
    seen = convex.tested({**CHAT, "convex/outside.test.ts": outside}, packages)
    assert (seen.passed, seen.failed) == (7, ())
