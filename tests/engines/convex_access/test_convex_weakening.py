"""Guards taken out of a person's functions, and what their tests make of it."""

from pathlib import Path

import pytest

import npm
from blueproof.core.errors import InputError
from blueproof.engines.convex_access.reading import Guard, read
from blueproof.engines.convex_access.weakening import sketch, weaken, without

SCHEMA = """import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({ ownerId: v.string(), text: v.string() }).index("by_owner", ["ownerId"]),
});
"""
NOTES = """import { v } from "convex/values";

import { mutation, query } from "./_generated/server";

// déjà vu 🙂: what stands before a guard is more than one unit long
export const get = query({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    const identity = await ctx.auth.getUserIdentity();
    const note = await ctx.db.get(noteId);
    if (note === null || note.ownerId !== identity?.subject) throw new Error("No such note.");
    return note;
  },
});

export const remove = mutation({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) throw new Error("Please sign in.");
    const note = await ctx.db.get(noteId);
    if (note?.ownerId !== identity.subject) throw new Error("No such note.");
    await ctx.db.delete(noteId);
  },
});
"""
TESTS = """import { convexTest } from "convex-test";
import { expect, test } from "vitest";

import { api } from "./_generated/api";
import schema from "./schema";

const modules = import.meta.glob("./**/*.ts");

test("a note is given to its owner alone", async () => {
  const t = convexTest(schema, modules);
  const noteId = await t.run((ctx) => ctx.db.insert("notes", { ownerId: "ann", text: "a" }));
  const ann = t.withIdentity({ subject: "ann" });
  expect((await ann.query(api.notes.get, { noteId })).text).toBe("a");
  const bob = t.withIdentity({ subject: "bob" });
  await expect(bob.query(api.notes.get, { noteId })).rejects.toThrow();
});

test("a note is removed", async () => {
  const t = convexTest(schema, modules);
  const noteId = await t.run((ctx) => ctx.db.insert("notes", { ownerId: "ann", text: "a" }));
  await t.withIdentity({ subject: "ann" }).mutation(api.notes.remove, { noteId });
});
"""
SETTINGS = """import { defineConfig } from "vitest/config";
export default defineConfig({ test: { environment: "edge-runtime" } });
"""


@pytest.fixture(autouse=True)
def packages() -> None:
    npm.tree("convex")


def project(folder: Path, tests: str = TESTS) -> Path:
    """A project with a back end; its convex/ folder."""
    convex = folder / "convex"
    convex.mkdir()
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "vitest.config.mts").write_text(SETTINGS, encoding="utf-8")
    for name, text in (("schema.ts", SCHEMA), ("notes.ts", NOTES), ("notes.test.ts", tests)):
        (convex / name).write_text(text, encoding="utf-8")
    return convex


def test_the_guard_that_no_test_misses_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    told = weaken(folder, read(folder))
    assert (told.guards, told.tests) == (3, 2)
    left = {each.guard.line: {(f.name, attack) for f, attack, _ in each.opens}
            for each in told.unnoticed}  # fmt: skip
    # Without the first of remove's guards the second refuses nobody who is signed out anyway.
    assert left == {20: set(), 22: {("notes:remove", "write other's")}}
    assert before == {file: file.read_bytes() for file in folder.iterdir()}


def test_tests_that_fail_before_are_told(tmp_path: Path) -> None:
    folder = project(tmp_path, TESTS.replace('toBe("a")', 'toBe("b")'))
    with pytest.raises(InputError, match="fail before anything is weakened"):
        weaken(folder, read(folder))


def test_a_folder_without_tests_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "notes.test.ts").unlink()
    with pytest.raises(InputError, match="there are no tests"):
        weaken(folder, read(folder))


def test_places_are_counted_as_the_compiler_counts() -> None:
    text = "🙂é a if (x) b"
    start = text.index("x") + 1  # the smile is two units
    guard = Guard(file="f.ts", line=1, text="", start=start, end=start + 1, replace="false")
    assert without({"convex/f.ts": text}, "convex", guard)["convex/f.ts"] == "🙂é a if (false) b"


def test_a_sketch_names_who_attacks_and_what_is_sent(tmp_path: Path) -> None:
    functions = {each.name: each for each in read(project(tmp_path)).functions}
    text = sketch(functions["notes:remove"], "write other's")
    assert 't.withIdentity({ subject: "stranger" }).mutation(api.notes.remove' in text
    assert "noteId: theirs" in text
    assert "expect(t.query(" in sketch(functions["notes:get"], "anonymous")
