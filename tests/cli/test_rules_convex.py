"""blueproof rules check on a folder of Convex functions, as a person meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import npm
from blueproof.cli.main import commands
from blueproof.core.errors import BlueproofError

FUNCTIONS = """import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

export const hello = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("greetings").first(),
});

export const remove = mutation({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    const identity = await ctx.auth.getUserIdentity();
    if (!identity) throw new Error("Please sign in.");
    const note = await ctx.db.get(noteId);
    if (note?.ownerId !== identity.subject) throw new Error("No such note.");
    await ctx.db.delete(noteId);
  },
});
"""
SCHEMA = """import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({ notes: defineTable({ ownerId: v.string() }) });
"""


@pytest.fixture(autouse=True)
def packages() -> None:
    npm.tree("convex")


def check(folder: Path, *options: str, functions: str = FUNCTIONS) -> tuple[int, str]:
    convex = folder / "convex"
    convex.mkdir(exist_ok=True)
    (convex / "notes.ts").write_text(functions, encoding="utf-8")
    (convex / "schema.ts").write_text(SCHEMA, encoding="utf-8")
    done = CliRunner().invoke(
        commands, ("rules", "check", str(folder), *options),
        standalone_mode=False, catch_exceptions=False,
    )  # fmt: skip
    return done.return_value or done.exit_code, done.output


def test_what_is_open_is_shown_with_its_place_and_ends_with_1(tmp_path: Path) -> None:
    code, shown = check(tmp_path)
    assert code == 1
    assert "open         anonymous: reads greetings (notes.ts:6)" in shown
    assert "refused      anonymous, write other's" in shown
    assert "2 functions, 4 attacks: 2 refused, 1 open, 1 cannot tell" in shown
    assert "read from the code, nothing run" in shown


def test_a_function_that_is_meant_for_everybody_ends_with_0(tmp_path: Path) -> None:
    code, shown = check(tmp_path, "--public", "notes:hello")
    assert code == 0
    assert "meant to be  anonymous" in shown


def test_taking_a_guard_away_ends_with_1(tmp_path: Path) -> None:
    weaker = FUNCTIONS.replace("note?.ownerId !== identity.subject", "note === null")
    code, shown = check(tmp_path, "--public", "notes:hello", functions=weaker)
    assert code == 1
    assert "open         write other's: delete in notes by the caller's noteId" in shown


def test_json_holds_the_same(tmp_path: Path) -> None:
    code, shown = check(tmp_path, "--json")
    record = json.loads(shown)
    assert code == 1
    assert [each["name"] for each in record["functions"]] == ["notes:hello", "notes:remove"]
    verdicts = {(f["name"], a["attack"]): a["verdict"] for f in record["functions"]
                for a in f["attempts"]}  # fmt: skip
    assert verdicts["notes:remove", "write other's"] == "refused"
    assert verdicts["notes:hello", "anonymous"] == "open"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--public", "notes:other"), "there is no such function"),
        (("--attack",), "for a file of Firebase rules"),
        (("--run",), "there are no tests"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    tmp_path: Path, options: tuple[str, ...], says: str
) -> None:
    with pytest.raises(BlueproofError, match=says) as told:
        check(tmp_path, *options)
    assert "\n" not in str(told.value)


def test_options_for_folders_are_refused_with_a_file(tmp_path: Path) -> None:
    rules = tmp_path / "a.rules"
    rules.write_text("", encoding="utf-8")
    with pytest.raises(BlueproofError, match="for a folder"):
        CliRunner().invoke(
            commands, ("rules", "check", str(rules), "--run"),
            standalone_mode=False, catch_exceptions=False,
        )  # fmt: skip
