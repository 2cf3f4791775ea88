"""The Firebase starter without Node: composition, indexes, and its rules under attack."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import blueproof.starters
import yaml_file
from blueproof.core.errors import UsageError
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.table import Table, load_table, run_table
from blueproof.starters.feature import App, features
from blueproof.starters.firebase_files import files

HERE = Path(__file__).parent
STARTERS = Path(blueproof.starters.__file__).parent / "firebase"
TABLES = sorted(STARTERS.glob("*/rules-tests/*.yaml"))
PLACES = {path.stem: path for path in TABLES}
WEAKNESSES: list[dict[str, Any]] = yaml_file.load(
    (HERE / "firebase_weaknesses.yaml").read_text(encoding="utf-8")
)
EVERYTHING = (
    "email google apple anonymous chat groups receipts presence attachments edits reactions "
    "safety push offline roles web seed"
)
SETS = {
    "everything": (EVERYTHING, 50),
    "plain": ("email chat", 2),
    "groups of 500": (EVERYTHING, 500),
    "guests": ("anonymous chat safety edits", 2),
    "no push": (EVERYTHING.replace(" push", ""), 50),
    "web and roles": ("email google chat safety roles web", 2),
}
# What is left of a feature, in any file, when it is there; looked for when it is not.
TRACES = {
    "google": r"google(?!apis)",
    "apple": r"\bapple\b",
    "anonymous": r"signInAnonymously|\bguest",
    "groups": r"createGroup|GROUP_MOST|mayAdd|leaveGroup",
    "receipts": r"receipts/|\bshowRead\b|useReadUpTo",
    "presence": r"typing|firebase/database|firebase-admin/database|database\.rules",
    "attachments": r"attachment|firebase/storage|storage\.rules|9199",
    "edits": r"minutes and delete|duration\.value\(15|useEdit",
    "reactions": r"reaction|emoji",
    "safety": r"\bblocks?/|hasBlocked|reports?/|moderat(e|ion)",
    "push": r"expo-push|ExponentPushToken|tokens/|EXPO_ACCESS_TOKEN",
    "roles": r"setRole|moderator|FIRST_ADMIN",
    "web": r"\.web\.ts|recaptcha|hosting|indexedDBLocalPersistence",
    "seed": r"\bseed\b",
}


def app(words: str, group: int) -> App:
    chosen = tuple(sorted(words.split()))
    return App(
        name="family-chat", title="Family Chat", identifier="com.example.chat",
        features=chosen, group=group,
    )  # fmt: skip


@cache
def made(name: str) -> dict[str, str]:
    return files(app(*SETS[name]))


@cache
def rules_of(text: str) -> Rules:
    return read_rules(text)


@cache
def table_at(path: Path) -> Table:
    return load_table(path)


def rules_file(table: Path) -> str:
    return "storage.rules" if table.stem.endswith("-storage") else "firestore.rules"


@pytest.mark.parametrize("name", SETS)
def test_every_table_holds_in_every_set_that_has_its_feature(name: str) -> None:
    has = {"core", *SETS[name][0].split()}
    tables = [path for path in TABLES if path.stem.partition("-")[0] in has]
    wrong = [
        f"{path.stem}: {outcome.case.name}"
        for path in tables
        for outcome in run_table(rules_of(made(name)[rules_file(path)]), table_at(path))
        if not outcome.passed
    ]
    assert wrong == []
    assert len(tables) >= 2


@pytest.mark.parametrize("name", SETS)
def test_our_own_lint_finds_nothing_in_the_rules(name: str) -> None:
    for path, text in made(name).items():
        if path.endswith(".rules"):
            assert lint(rules_of(text)) == ()


def test_each_feature_with_rules_has_a_table_of_attacks() -> None:
    with_rules = {name for name, each in features("firebase").items() if "rules" in each.data}
    assert with_rules <= {path.stem for path in TABLES}
    for path in TABLES:
        expected = [case.expected for case in table_at(path).cases]
        assert expected.count(False) >= 3, path.stem
        assert expected.count(True) >= 1, path.stem


def test_the_tests_that_are_handed_over_try_the_cases_of_the_tables() -> None:
    for path in TABLES:
        feature, _, storage = path.stem.partition("-")
        test = "files" if storage else feature
        text = made("everything")[f"rules-tests/{test}.test.ts"]
        tried = re.findall(r'^it\("((?:[^"\\]|\\.)+)", async', text, re.MULTILINE)
        assert tried == [case.name for case in table_at(path).cases], path.stem


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda each: each["noticed_by"][1])
def test_each_weakness_is_noticed_by_its_case(weakness: dict[str, Any]) -> None:
    table, case = weakness["noticed_by"]
    file = weakness.get("file", "firestore.rules")
    strong = made("everything")[file]
    start = strong.index(weakness["under"])
    at = strong.index(weakness["find"], start)
    weak = strong[:at] + weakness["replace"] + strong[at + len(weakness["find"]) :]
    outcomes = run_table(read_rules(weak), table_at(PLACES[table]))
    assert case in {outcome.case.name for outcome in outcomes if not outcome.passed}


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_left_of_a_feature_that_is_not_there(name: str) -> None:
    absent = {each: TRACES[each] for each in TRACES if each not in SETS[name][0].split()}
    found = [
        f"{feature} in {path}: {hit[0]}"
        for feature, pattern in absent.items()
        for path, text in made(name).items()
        if (hit := re.search(pattern, f"{path}\n{text}", re.IGNORECASE))
    ]
    assert found == []


@pytest.mark.parametrize("feature", TRACES)
def test_the_traces_that_are_looked_for_are_there_when_the_feature_is(feature: str) -> None:
    texts = (f"{path}\n{text}" for path, text in made("everything").items())
    assert any(re.search(TRACES[feature], text, re.IGNORECASE) for text in texts)


def queries(made: dict[str, str], folder: str) -> list[tuple[str, str]]:
    """(path of the file, text of the query) for each query in TypeScript under a folder."""
    return [
        (path, statement(text[start.start() :]))
        for path, text in made.items()
        if path.startswith(folder) and path.endswith((".ts", ".tsx"))
        for start in re.finditer(r"(?<![\w.])query\(|\.collection(Group)?\(", text)
    ]


def statement(text: str) -> str:
    """From the call to the end of its statement: what closes more than was opened, or ends it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0 or (depth == 0 and sign in ";,"):
            return text[:place]
    return text


def needs_index(query: str) -> tuple[tuple[str, str], ...] | None:
    """The composite index that a query needs, or None if automatic ones serve it."""
    wheres = re.findall(r'where\(\s*"(\w+)",\s*"([^"]+)"', query)
    order = re.findall(r'orderBy\(\s*"(\w+)"(?:,\s*"(desc|asc)")?', query)
    equal = [(path, "contains" if "array" in kind else "asc") for path, kind in wheres
             if kind in {"==", "in", "array-contains"}]  # fmt: skip
    ranges = [path for path, kind in wheres if kind in {"<", "<=", ">", ">="}]
    fields = [*equal, *((path, way or "asc") for path, way in order)]
    fields += [(path, "asc") for path in dict.fromkeys(ranges) if path not in dict(order)]
    return tuple(fields) if len(fields) > 1 else None


def declared(made: dict[str, str]) -> set[tuple[tuple[str, str], ...]]:
    tree = json.loads(made["firestore.indexes.json"])
    kinds = {"ASCENDING": "asc", "DESCENDING": "desc", "CONTAINS": "contains"}
    return {
        tuple(
            (each["fieldPath"], kinds[each.get("order") or each["arrayConfig"]])
            for each in index["fields"]
        )
        for index in tree["indexes"]
    }


@pytest.mark.parametrize("name", SETS)
def test_every_query_is_served_by_an_index_and_every_index_by_a_query(name: str) -> None:
    found = queries(made(name), "lib/data/") + queries(made(name), "functions/src/")
    assert len(found) >= 5
    needed = {index for _, query in found if (index := needs_index(query))}
    assert needed == declared(made(name))


@pytest.mark.parametrize("name", SETS)
def test_a_search_through_all_collections_of_a_name_has_its_field_declared(name: str) -> None:
    tree = json.loads(made(name)["firestore.indexes.json"])
    fields = {
        (each["collectionGroup"], each["fieldPath"])
        for each in tree["fieldOverrides"]
        if any(index["queryScope"] == "COLLECTION_GROUP" for index in each["indexes"])
    }
    searched = {
        (hit[1], hit[2])
        for text in made(name).values()
        for hit in re.finditer(r'collectionGroup\("(\w+)"\)\s*\.where\("(\w+)"', text)
    }
    assert searched
    assert searched == fields


@pytest.mark.parametrize("name", SETS)
def test_no_query_asks_for_a_field_that_is_not_indexed(name: str) -> None:
    tree = json.loads(made(name)["firestore.indexes.json"])
    bare = {each["fieldPath"] for each in tree["fieldOverrides"] if not each["indexes"]}
    asked = {
        field
        for folder in ("lib/data/", "functions/src/")
        for _, query in queries(made(name), folder)
        for field in re.findall(r'(?:where|orderBy)\(\s*"(\w+)"', query)
    }
    assert asked & bare == set()


@pytest.mark.parametrize("name", SETS)
def test_every_function_that_is_exported_is_in_its_file_and_every_trigger_is_exported(
    name: str,
) -> None:
    index = made(name)["functions/src/index.ts"]
    exported = {
        (file, function)
        for names, file in re.findall(r'export \{ ([^}]+) \} from "\./([\w-]+)\.js"', index)
        for function in names.split(", ")
    }
    triggers = {
        (path.removeprefix("functions/src/").removesuffix(".ts"), hit[1])
        for path, text in made(name).items()
        if path.startswith("functions/src/")
        for hit in re.finditer(r"export const (\w+) = on[A-Z]\w+\(", text)
    }
    assert triggers
    assert exported == triggers


@pytest.mark.parametrize("name", SETS)
def test_what_is_imported_is_there(name: str) -> None:
    missing = []
    for path, text in made(name).items():
        for target in re.findall(r'from "(\.[^"]+)"', text):
            folder = Path(path).parent
            stem = str(Path(*_resolved(folder, target))).removesuffix(".js")
            if stem != "lib/data/types" and not {f"{stem}.ts", f"{stem}.tsx"} & set(made(name)):
                missing.append(f"{path}: {target}")
    assert missing == []


def _resolved(folder: Path, target: str) -> list[str]:
    parts = list(folder.parts)
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts


def test_json_files_are_json_and_name_files_that_are_there() -> None:
    for name in SETS:
        for path, text in made(name).items():
            if path.endswith(".json"):
                json.loads(text)
        settings = json.loads(made(name)["firebase.json"])
        named = [settings["firestore"]["rules"], settings["firestore"]["indexes"]]
        named += [settings[each]["rules"] for each in ("storage", "database") if each in settings]
        assert set(named) <= set(made(name))


def test_the_size_of_a_group_is_that_of_the_app_and_has_a_limit() -> None:
    assert "GROUP_MOST = 500;" in made("groups of 500")["functions/src/group-limit.ts"]
    with pytest.raises(UsageError, match="1,001 people"):
        files(app("email chat groups", 1001))


def test_no_file_holds_a_secret() -> None:
    secret = re.compile(r"AIza[\w-]{30}|-----BEGIN|sk_live|ghp_\w{20}|eyJ[\w-]{20}")
    found = [path for path, text in made("everything").items() if secret.search(text)]
    assert found == []
