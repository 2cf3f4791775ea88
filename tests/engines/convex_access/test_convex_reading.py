"""What is read of functions whose faults are known: each is written above it, as `// open: ...`."""

import re
import shutil
from pathlib import Path

import pytest

import npm
from blueproof.core.errors import InputError
from blueproof.engines.convex_access.reading import Reading, read
from blueproof.starters.feature import App, features
from blueproof.starters.tree import tree

HERE = Path(__file__).parent
_PLANTED = re.compile(
    r"((?:^// .*\n)*)"
    r"^(?:export const \w+ = (?:query|mutation|action|myQuery|myMutation)\(|http\.route\()",
    re.MULTILINE,
)
_TOLD = re.compile(r"^// (open|cannot tell): (.+)$", re.MULTILINE)

Told = dict[tuple[str, int], set[tuple[str, str]]]


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    npm.tree("convex")


def planted(folder: Path) -> Told:
    """What is written above each public function, by its file and line."""
    found: Told = {}
    for file in sorted(folder.glob("*.ts")):
        text = file.read_text(encoding="utf-8")
        for hit in _PLANTED.finditer(text):
            line = text.count("\n", 0, hit.end()) + 1
            found[file.name, line] = {
                (verdict, attack.strip())
                for verdict, attacks in _TOLD.findall(hit[1])
                for attack in attacks.split(",")
            }
    return found


def seen(reading: Reading) -> Told:
    return {
        (function.file, function.line): {
            (each.verdict, each.attack)
            for each in function.attempts
            if each.verdict != "refused"
        }
        for function in reading.functions
    }  # fmt: skip


def changed(tmp_path: Path, file: str, find: str, put: str) -> Told:
    """What is seen of the clean folder once a place in it is changed."""
    folder = tmp_path / "convex"
    shutil.copytree(HERE / "clean" / "convex", folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(find) == 1
    path.write_text(text.replace(find, put), encoding="utf-8")
    return {place: told for place, told in seen(read(folder)).items() if told}


def test_each_planted_weakness_is_seen_and_nothing_else() -> None:
    told = planted(HERE / "weak" / "convex")
    assert seen(read(HERE / "weak" / "convex")) == told
    assert sum(bool({v for v, _ in each} & {"open"}) for each in told.values()) >= 27
    assert len({attack for each in told.values() for _, attack in each}) == 7


def test_a_clean_folder_has_nothing_open_and_nothing_left_undecided() -> None:
    reading = read(HERE / "clean" / "convex")
    assert len(reading.functions) == 18
    assert seen(reading) == planted(HERE / "clean" / "convex")
    assert not any(told for told in seen(reading).values())
    who = {function.name: function.who for function in reading.functions}
    assert who["http:POST /paid"] == "who signs the request"
    assert who["http:POST /nightly"] == "who knows a secret"
    assert who["tasks:promote"] == "who has a role"
    assert who["notes:edit"] == "who is signed in"


@pytest.mark.parametrize(
    ("file", "find", "put", "opens"),
    [
        ("notes.ts", "!note || note.ownerId !== user._id", "!note", "write other's"),
        ("notes.ts", "note?.ownerId === userId ? note : null", "note", "other's id"),
        ("notes.ts", "if (!userId) return null;\n    const note = await ctx.db.get(noteId);\n"
         "    return note?.ownerId === userId ? note : null;",
         "return await ctx.db.get(noteId);", "anonymous"),
        ("notes.ts", "note === null || note.ownerId !== user._id", "note === null",
         "write other's"),
        ("notes.ts", 'if (user._id !== userId) throw new Error("Not you.");', "", "other's id"),
        ("notes.ts", "ownerId: ctx.user._id, text", "ownerId: text as never, text",
         "impersonate"),
        ("tasks.ts", "if (!(await isMember(ctx, teamId, user._id))) return [];", "",
         "cross-tenant"),
        ("tasks.ts", "if (!allowed)", "if (!user)", "cross-tenant"),
        ("tasks.ts", 'task.teamId, user._id))) throw new Error("There',
         'task.teamId, user._id)) && !user) throw new Error("There', "write other's"),
        ("tasks.ts", "await admin(ctx);\n    return", "await me(ctx);\n    return", "enumerate"),
        ("tasks.ts", "await admin(ctx);\n    await", "await me(ctx);\n    await", "self-promote"),
        ("tasks.ts", "|| !user || !(await isMember(ctx, task.teamId, user._id))", "|| !user",
         "write other's"),
        ("teams.ts", 'member?.role !== "owner"', "member === undefined", "impersonate"),
        ("orders.ts", "order.userId === user._id", "order.paid === true", "enumerate"),
        ("http.ts", 'if (!event) return new Response("no", { status: 400 });', "", "anonymous"),
        ("http.ts", "`Bearer ${process.env.NIGHTLY_KEY}`", '"Bearer nightly"', "anonymous"),
        ("model/access.ts", 'user.role !== "admin"', 'user.name === ""', "self-promote"),
        ("model/access.ts", "return member !== null;", "return true;", "cross-tenant"),
        ("model/access.ts", '.eq("userId", userId))', ")", "cross-tenant"),
        ("model/access.ts", '(await maybeMe(ctx)) ?? refuse("Please sign in.")',
         "(await maybeMe(ctx))!", "anonymous"),
    ],
)  # fmt: skip
def test_each_guard_taken_away_is_missed(
    tmp_path: Path, file: str, find: str, put: str, opens: str
) -> None:
    found = changed(tmp_path, file, find, put)
    assert opens in {attack for told in found.values() for _, attack in told}


def test_of_our_own_starter_only_what_is_for_everybody_is_open(tmp_path: Path) -> None:
    names = sorted(set(features("convex")) - {"core"})
    everything = App(
        name="a", title="A", identifier="com.example.a", features=tuple(names), group=50
    )
    for path, text in tree("convex", everything).items():
        if path.startswith("convex/"):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    reading = read(tmp_path / "convex")
    assert len(reading.functions) >= 45
    is_open = {(f.name, a.attack) for f in reading.functions for a in f.attempts
               if a.verdict == "open"}  # fmt: skip
    assert is_open == {
        ("email:requestReset", "anonymous"),
        ("http:POST /reset", "anonymous"),
        ("http:POST /verify", "anonymous"),
    }


def test_what_is_amiss_besides_is_noted() -> None:
    notes = {
        (function.name, note.id)
        for function in read(HERE / "weak" / "convex").functions
        for note in function.notes
    }
    assert {
        ("notes:all", "unbounded"),
        ("orders:place", "no-validators"),
        ("tasks:cleanUp", "exposed"),
    } <= notes


def test_functions_that_a_package_makes_are_named_as_unread(tmp_path: Path) -> None:
    folder = tmp_path / "convex"
    folder.mkdir()
    (folder / "a.ts").write_text(
        'import { guardedQuery } from "some-package";\n'
        "export const list = guardedQuery({ args: {}, handler: async () => [] });\n",
        encoding="utf-8",
    )
    reading = read(folder)
    assert [each.id for each in reading.unread] == ["a:list"]
    assert reading.functions == ()


def test_nothing_of_the_folder_is_run(tmp_path: Path) -> None:
    folder, mark = tmp_path / "convex", tmp_path / "ran"
    folder.mkdir()
    (folder / "a.ts").write_text(
        'import { query } from "./_generated/server";\n'
        'import { writeFileSync } from "node:fs";\n'
        f'writeFileSync("{mark}", "");\n'
        "export const list = query({ args: {}, handler: async () => [] });\n",
        encoding="utf-8",
    )
    assert [each.name for each in read(folder).functions] == ["a:list"]
    assert not mark.exists()


def test_a_folder_without_functions_is_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no Convex functions"):
        read(tmp_path)


def test_code_that_calls_itself_comes_to_an_end(tmp_path: Path) -> None:
    folder = tmp_path / "convex"
    folder.mkdir()
    (folder / "a.ts").write_text(
        'import { mutation } from "./_generated/server";\n'
        "async function deep(ctx: never, n: number): Promise<void> {\n"
        "  await deep(ctx, n + 1);\n  await deep(ctx, n - 1);\n"
        '  await (ctx as any).db.delete(n as never);\n}\n'
        "export const go = mutation({\n"
        "  args: {},\n  handler: async (ctx) => await deep(ctx as never, 1),\n});\n",
        encoding="utf-8",
    )  # fmt: skip
    (function,) = read(folder).functions
    assert function.who != "who is signed in"
