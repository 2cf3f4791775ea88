"""The Convex starters, read as text: what is composed holds together, and no rule is forgotten."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from convex_code import (
    FEATURES,
    alone,
    app,
    functions,
    imported,
    indexes,
    made,
    queries,
    server,
)

import yaml_file
from blueproof.starters.convex_files import files
from blueproof.starters.convex_files.hooks import hooks
from blueproof.starters.convex_files.schema import schema
from blueproof.starters.feature import App, Feature, chosen, features

EVERYTHING = app(*FEATURES)
SETS = {
    "everything": EVERYTHING,
    "e-mail only": app("email", "chat", group=2),
    "large groups": app(*set(FEATURES) - {"anonymous", "seed"}),
    "anonymous only": app("anonymous", "chat", group=2),
    "no push": app(*set(FEATURES) - {"push", "apple"}),
    "web and roles": app("email", "google", "chat", "groups", "safety", "roles", "web", group=20),
    **{f"{name} alone": alone(name) for name in FEATURES},
}
each_set = pytest.mark.parametrize("given", SETS.values(), ids=SETS.keys())

# Words that nobody but the feature itself has a reason to write.
WORDS = {
    "email": r"resend|emailCode|/verify|requestReset",
    "google": r"google",
    "apple": r"apple",
    "anonymous": r"guest|useUpgrade",
    "groups": r"createGroup|manager|groups",
    "receipts": r"keepReceipt|useReadUpTo|(api\.|convex/|data/)receipts",
    "presence": r"typing|presence|useOnline",
    "attachments": r"attachment|_storage|ctx\.storage|upload",
    "edits": r"afterEdit|useEdit|edits\b",
    "reactions": r"reaction|emoji",
    "safety": r"\bblocks?\b|report\w*Id|moderation|useReport",
    "push": r"pushToken|push_|exp\.host|useTellOpen|notify",
    "roles": r"admin\b|moderator|useRole",
    "seed": r"\bseed",
}
# Asked for by somebody who cannot sign in; it answers everybody the same.
OPEN_TO_ALL = {"email.requestReset"}
IDENTITY = re.compile(r"await (me|caller|signedIn)\(ctx\)|await atLeast\(ctx, ")


@each_set
def test_no_file_has_a_trace_of_a_feature_that_is_absent(given: App) -> None:
    made_files = files(given)
    found = [
        (name, path)
        for name in set(WORDS) - set(given.features)
        for path, text in made_files.items()
        if path != "package.json" and re.search(WORDS[name], f"{path}\n{text}", re.IGNORECASE)
    ]
    assert found == []


def test_the_words_are_found_where_their_feature_is() -> None:
    text = "\n".join(f"{path}\n{text}" for path, text in files(EVERYTHING).items())
    assert {name for name, words in WORDS.items() if not re.search(words, text)} == set()


@each_set
def test_what_is_imported_is_there(given: App) -> None:
    made_files = files(given)
    known = {re.sub(r"\.tsx?$", "", path) for path in made_files}
    theirs = re.compile(r"convex/_generated/|lib/(data/types|secure|monitoring)$")
    missing = {
        (path, name)
        for path, text in made_files.items()
        for name in imported(path, text)
        if name not in known and not theirs.match(name)
    }
    assert missing == set()


@each_set
def test_every_query_names_an_index_that_serves_it(given: App) -> None:
    known = indexes(given)
    for query in queries(files(given)):
        if query.index is None:
            assert query.end == "first", f"{query} reads a table without an index"
            continue
        assert query.index in known[query.table], query
        assert fits(query.fields, [*known[query.table][query.index], "_creationTime"]), query


def fits(bounds: Sequence[tuple[str, str]], fields: Sequence[str]) -> bool:
    """Equality on the first fields of an index in their order, then at most one range."""
    equal = [name for kind, name in bounds if kind == "eq"]
    ranged = {name for kind, name in bounds if kind != "eq"}
    following = fields[len(equal) : len(equal) + 1]
    return equal == list(fields[: len(equal)]) and ranged <= set(following)


def test_an_index_serves_a_prefix_and_one_range_after_it() -> None:
    index = ["a", "b", "_creationTime"]
    assert fits([("eq", "a"), ("gt", "b"), ("lt", "b")], index)
    assert fits([("lt", "a")], index)
    assert not fits([("eq", "b")], index)
    assert not fits([("gt", "a"), ("eq", "b")], index)
    assert not fits([("eq", "a"), ("lt", "_creationTime")], index)


def test_every_query_is_bounded() -> None:
    ends = {query.end for query in queries(files(EVERYTHING))}
    assert ends == {"first", "paginate", "take", "unique"}
    text = "\n".join(server(files(EVERYTHING)).values())
    assert ".collect(" not in text
    assert "for await" not in text
    assert ".filter((q)" not in text


def test_every_index_is_used() -> None:
    used = {(query.table, query.index) for query in queries(files(EVERYTHING))}
    own = {
        (table, index)
        for table, given in indexes(EVERYTHING).items()
        for index in given
        if index != "by_creation_time" and not table.startswith(("auth", "_"))
    }
    assert own - used == set()


def test_every_public_function_asks_who_calls() -> None:
    public = [each for each in functions(files(EVERYTHING)) if not each.kind.startswith("internal")]
    assert len(public) > 30
    unasked = {each.name for each in public if not IDENTITY.search(each.body)}
    assert unasked == OPEN_TO_ALL


def test_every_function_says_what_it_takes_and_gives() -> None:
    for each in functions(files(EVERYTHING)):
        assert re.match(r"  args: \{", each.body), each.name
        assert re.search(r"^  returns: ", each.body, re.MULTILINE), each.name


def test_no_query_that_a_client_watches_looks_at_the_clock() -> None:
    for each in functions(files(EVERYTHING)):
        assert each.kind != "query" or "Date.now" not in each.body, each.name


def test_no_public_function_takes_the_callers_own_id() -> None:
    for each in functions(files(EVERYTHING)):
        arguments = each.body[: each.body.index("  returns:")]
        if not each.kind.startswith("internal"):
            assert not re.search(r"\b(userId|authorId|senderId|ownerId|email:.*role)\b", arguments)


@pytest.mark.parametrize("name", FEATURES)
def test_every_public_function_is_called_in_the_tests_of_its_feature(name: str) -> None:
    feature = features("convex")[name]
    tests = "\n".join(text for path, text in feature.files.items() if "/tests/" in path)
    public = [f for f in functions(feature.files) if not f.kind.startswith("internal")]
    assert [each.name for each in public if f"api.{each.name}" not in tests] == []
    assert not public or "sign in" in tests


@pytest.mark.parametrize("feature", features("convex").values(), ids=lambda each: each.name)
def test_the_data_of_a_feature_leads_to_functions_that_are_there(feature: Feature) -> None:
    everything = files(EVERYTHING)
    assert not_text(feature.data) == []
    for named in named_functions(feature.data):
        module = f"convex/{named['from'].removeprefix('./')}.ts"
        exported = rf"^export (async function|function|const) {named['name']}\b"
        assert re.search(exported, everything[module], re.MULTILINE), named
    for cron in feature.data.get("crons", ()):
        _, module, name = cron["call"].split(".")
        internal = rf"^export const {name} = internal(Mutation|Action)\("
        assert re.search(internal, everything[f"convex/{module}.ts"], re.MULTILINE), cron


def named_functions(data: Mapping[str, Any]) -> list[Mapping[str, str]]:
    given = [
        *data.get("providers", ()),
        *data.get("routes", ()),
        *data.get("callbacks", {}).values(),
    ]
    for hook in data.get("hooks", {}).values():
        given += hook.values() if isinstance(hook, dict) else hook
    return given


def not_text(data: object, where: str = "") -> list[str]:
    """Keys that YAML does not read as text: `on`, `no`, dates."""
    if isinstance(data, dict):
        own = [f"{where}/{key}" for key in data if not isinstance(key, str)]
        return own + [bad for key, each in data.items() for bad in not_text(each, f"{where}/{key}")]
    return []


def test_every_hook_goes_to_a_point_that_somebody_declares() -> None:
    declared = {
        point for each in features("convex").values() for point in each.data.get("points", {})
    }
    used = {point for each in features("convex").values() for point in each.data.get("hooks", {})}
    assert used == declared


@each_set
def test_the_variables_of_a_deployment_are_those_that_are_read(given: App) -> None:
    made_files = files(given)
    read = set(re.findall(r"process\.env\.([A-Z_]+)", "\n".join(server(made_files).values())))
    read |= set(re.findall(r'need\("([A-Z_]+)"\)', "\n".join(server(made_files).values())))
    listed = set(re.findall(r"^\| `(\w+)`", made_files["convex/environment.md"], re.MULTILINE))
    library = {"SITE_URL", "JWT_PRIVATE_KEY", "JWKS", "AUTH_GOOGLE_ID", "AUTH_GOOGLE_SECRET"}
    assert read - {"CONVEX_SITE_URL"} == listed - library


def test_every_rate_is_spent_and_every_setting_read() -> None:
    text = "\n".join(server(files(EVERYTHING)).values())
    for feature in chosen("convex", EVERYTHING):
        for rate in feature.data.get("rates", {}):
            assert f'spend(ctx, "{rate}"' in text
        for setting in feature.data.get("settings", {}):
            assert len(re.findall(rf"\b{setting}\b", text)) >= 3


def test_files_are_small_and_say_nothing_of_tools_or_things_to_do() -> None:
    for path, text in files(EVERYTHING).items():
        assert len(text.splitlines()) <= 250, path
        assert not re.search(
            r"TODO|FIXME|@ts-ignore|@ts-expect-error|eslint-disable|: any\b", text
        ), path
        assert max(map(len, text.splitlines())) <= 300 if path.endswith(".md") else 125, path


def test_a_feature_adds_to_the_table_of_another_but_repeats_nothing() -> None:
    one = fake(
        "one",
        {"tables": {"notes": {"fields": {"text": "v.string()"}, "indexes": {"by_text": ["text"]}}}},
    )
    two = fake("two", {"tables": {"notes": {
        "fields": {"tag": "v.string()"},
        "search": {"search_text": {"searchField": "text", "filterFields": ["tag"]}},
    }}})  # fmt: skip
    printed = schema([one, two], EVERYTHING)
    assert "text: v.string(),\n    tag: v.string()," in printed
    assert '.searchIndex("search_text", { searchField: "text", filterFields: ["tag"] })' in printed
    with pytest.raises(AssertionError, match="twice"):
        schema([one, one], EVERYTHING)


def test_a_point_runs_what_features_bring_in_their_order() -> None:
    points = {
        "after": {"says": "Runs.", "kind": "each", "args": {"ctx": "MutationCtx"}},
        "may": {"says": "Asks.", "kind": "every", "args": {"ctx": "QueryCtx"}},
    }
    one = fake(
        "one", {"points": points, "hooks": {"after": [{"name": "ring", "from": "./model/bell"}]}}
    )
    two = fake("two", {"hooks": {"after": [{"name": "call", "from": "./model/phone"}]}})
    printed = hooks([one, two], EVERYTHING)
    assert "  await ring(ctx);\n  await call(ctx);\n" in printed
    assert "may(_ctx: QueryCtx): Promise<boolean> {\n  return true;\n}" in printed
    assert 'import { ring } from "./model/bell";' in printed


def fake(name: str, data: Mapping[str, Any]) -> Feature:
    return Feature(stack="convex", name=name, files={}, data=data)


def test_every_seeded_weakness_fits_its_file() -> None:
    path = Path(__file__).with_name("convex_weaknesses.yaml")
    weaknesses = yaml_file.load(path.read_text(encoding="utf-8"))
    assert len(weaknesses) >= 12
    assert {each["feature"] for each in weaknesses} == {*FEATURES, "core"} - {"offline", "seed"}
    everything = made(*FEATURES)
    for each in weaknesses:
        text = features("convex")[each["feature"]].files[each["file"]]
        assert text.count(each["find"]) == 1, each
        assert each["replace"] != each["find"]
        assert each["noticed_by"] in everything
