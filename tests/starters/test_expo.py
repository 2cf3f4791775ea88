"""The Expo client: whole for every set of features, and no trace of what was not asked for."""

import json
import re
from graphlib import TopologicalSorter
from itertools import combinations

import pytest
from expo_trees import EVERYTHING, PROMISE, SETS, app, stubs, tree

import yaml_file
from blueproof.facts.pinned import actions
from blueproof.starters.expo_files import files, slots
from blueproof.starters.expo_files.manifest import versions
from blueproof.starters.feature import App, Feature, features

_IMPORT = re.compile(r"""(?:from|import) ["']([^"']+)["']""")
_LINK = re.compile(r"""(?:router\.\w+\(|pathname: )"(/[^"]*)\"""")
_FROM_OUTSIDE = re.compile(r"@[^/]+/[^/]+|[^/]+")
# Words that only a feature brings along; the seam's types are every app's.
TRACES = {
    "anonymous": r"useAnonymous|useUpgrade|/upgrade|without an account",
    "apple": r"[Aa]ppleSignIn|expo-apple|Sign-in with Apple",
    "attachments": r"[Aa]ttach|expo-image|document-picker",
    "edits": r"[Ee]dits\b|useEdit|EditAction|EditedMark",
    "email": r"useEmail|EmailSignIn|components/email|reset of the password",
    "google": r"GoogleSignIn|useGoogle|Continue with Google",
    "groups": r"largestGroup|lib/data/groups|/group/|New group",
    "offline": r"[Oo]ffline|async-storage|expo-network",
    "presence": r"[Pp]resence|[Tt]yping|[Oo]nline",
    "push": r"expo-notifications|[Nn]otifications|lib/push|googleServices|[Tt]oken\b",
    "reactions": r"[Rr]eaction|emoji|useReact\b",
    "receipts": r"[Rr]eceipt|useReadUpTo|Read by",
    "roles": r"[Mm]oderat|useRole\b",
    "safety": r"[Bb]lock(?:ed|ing|Row)|useReport\b|ReportAction|lib/data/safety",
    "web": r"\.web\.|react-native-web|react-dom|[Bb]rowser|\"web\"",
}


@pytest.fixture(params=SETS)
def chosen(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return SETS[request.param]


def resolved(path: str, found: dict[str, str]) -> str | None:
    """The file that an import of our own leads to."""
    tried = (path.removeprefix("@/") + end for end in (".ts", ".tsx"))
    return next((each for each in tried if each in found), None)


def imports(found: dict[str, str]) -> dict[str, set[str]]:
    scripts = {path: text for path, text in found.items() if path.endswith((".ts", ".tsx", ".mts"))}
    return {path: set(_IMPORT.findall(text)) for path, text in scripts.items()}


def test_every_import_leads_to_a_file_or_a_package(chosen: tuple[str, ...]) -> None:
    found = tree(chosen)
    manifest = json.loads(found["package.json"])
    known = manifest["dependencies"] | manifest["devDependencies"]
    for path, names in imports(found).items():
        for name in names:
            if name.startswith("@/"):
                assert resolved(name, found), f"{path} imports {name}"
            else:
                package = _FROM_OUTSIDE.match(name)
                assert package is not None
                assert package[0] in known, f"{path} imports {name}"


def test_every_package_is_imported_or_says_why_it_is_there(chosen: tuple[str, ...]) -> None:
    found = tree(chosen)
    manifest = json.loads(found["package.json"])
    used = {
        match[0] for names in imports(found).values() for name in names
        if (match := _FROM_OUTSIDE.match(name))
    }  # fmt: skip
    reasons: dict[str, str] = {}
    for name in ("core", *chosen):
        reasons |= features("expo")[name].data.get("peers", {})
    listed = manifest["dependencies"].keys() | manifest["devDependencies"].keys()
    assert listed - used == reasons.keys() & listed - used
    assert reasons.keys() <= listed
    assert all(reasons.values())


def test_every_link_leads_to_a_screen(chosen: tuple[str, ...]) -> None:
    found = tree(chosen)
    screens = {
        re.sub(r"/index$", "/", path.removeprefix("app").replace("/(app)", "").removesuffix(".tsx"))
        for path in found
        if path.startswith("app/")
    }
    links = {link for path in found for link in _LINK.findall(found[path])}
    assert {"/", "/settings", "/new", "/conversation/[id]"} <= links
    assert links <= screens


def test_nothing_is_imported_in_a_circle(chosen: tuple[str, ...]) -> None:
    found = tree(chosen)
    graph = {
        path: {to for name in names if (to := resolved(name, found))}
        for path, names in imports(found).items()
    }
    assert len(list(TopologicalSorter(graph).static_order())) >= len(graph)


def test_no_trace_of_a_feature_that_was_not_asked_for(chosen: tuple[str, ...]) -> None:
    found = files(app(chosen), stubs(chosen))
    for feature, words in TRACES.items():
        where = [path for path, text in found.items() if re.search(words, f"{path}\n{text}")]
        # The seam's types are the same in every app.
        where = [path for path in where if path != "lib/data/types.ts"]
        if feature in chosen:
            assert where, f"{words} finds {feature} nowhere"
        else:
            assert where == [], feature


def test_what_is_json_is_json_and_what_is_yaml_is_yaml(chosen: tuple[str, ...]) -> None:
    found = tree(chosen)
    for path, text in found.items():
        if path.endswith(".json"):
            assert json.loads(text)
        if path.endswith((".yml", ".yaml")):
            assert yaml_file.load(text)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_the_sets_give_different_trees() -> None:
    trees = {name: tree(chosen) for name, chosen in SETS.items()}
    for one, other in combinations(trees, 2):
        assert trees[one].keys() != trees[other].keys(), (one, other)
        assert trees[one]["README.md"] != trees[other]["README.md"], (one, other)


@pytest.mark.parametrize("name", [name for name in EVERYTHING if name not in {"chat", "email"}])
def test_each_feature_stands_alone_with_what_it_asks_for(name: str) -> None:
    asked = features("expo")[name].data.get("requires", ())
    chosen = tuple(sorted({"chat", "email", name, *asked}))
    found = tree(chosen)
    for path, names in imports(found).items():
        own = {each for each in names if each.startswith("@/")}
        assert {each for each in own if not resolved(each, found)} == set(), path


def test_no_two_features_have_a_file_of_the_same_path() -> None:
    paths = [path for feature in features("expo").values() for path in feature.files]
    assert len(paths) == len(set(paths))


def test_two_features_together_bring_files_that_neither_has_alone() -> None:
    assert "lib/push/device.web.ts" in tree(("chat", "email", "push", "web"))
    assert "lib/push/device.web.ts" not in tree(("chat", "email", "web"))
    assert "lib/push/device.web.ts" not in tree(("chat", "email", "push"))


def test_the_most_wanted_way_to_sign_in_stands_first() -> None:
    found = tree(EVERYTHING)["lib/slots/core.ts"]
    ways = "[EmailSignIn, AppleSignIn, GoogleSignIn, AnonymousSignIn]"
    assert f"export const signInWays: Place = {ways};" in found


def test_the_size_of_a_group_is_known_where_there_are_groups() -> None:
    assert "largestGroup: 7," in files(app(EVERYTHING, group=7), stubs(EVERYTHING))["lib/app.ts"]


def test_names_and_permissions_go_into_the_apps_settings() -> None:
    found = json.loads(tree(EVERYTHING)["app.json"])["expo"]
    assert found["name"] == "Family chat"
    assert found["ios"]["bundleIdentifier"] == found["android"]["package"]
    assert found["ios"]["usesAppleSignIn"] is True
    assert found["platforms"] == ["ios", "android", "web"]
    few = json.loads(tree(SETS["email only"])["app.json"])["expo"]
    assert few["platforms"] == ["ios", "android"]
    assert "usesAppleSignIn" not in few["ios"]


def test_versions_are_those_of_the_sdk() -> None:
    found = json.loads(tree(EVERYTHING)["package.json"])
    for name, version in (found["dependencies"] | found["devDependencies"]).items():
        assert version == versions()[name]


def other(**data: object) -> tuple[Feature, ...]:
    return (Feature(stack="convex", name="core", files={}, data=data),)


def test_the_back_end_adds_packages_scripts_names_and_steps() -> None:
    found = files(
        app(SETS["email only"]),
        other(
            dev_packages={"vitest": versions()["vitest"]},
            packages={"convex": "1.48.0", "expo-auth-session": "sdk"},
            scripts={"typecheck:server": "tsc -p server", "server": "run it", "test:rules": "t"},
            env=[
                {"name": "EXPO_PUBLIC_URL", "says": "Where it is", "example": "https://a.example"}
            ],
            steps=[{"at": 40, "do": "Start the back end", "run": "npm run server"}],
            ignore=["server/made"],
            tsconfig_exclude=["functions"],
            vitest=[{"name": "server", "include": ["server/*.test.ts"], "inline": ["a-package"]}],
            app={"plugins": ["a-plugin"]},
        ),
    )
    manifest = json.loads(found["package.json"])
    assert manifest["dependencies"]["convex"] == "1.48.0"
    assert manifest["dependencies"]["expo-auth-session"] == versions()["expo-auth-session"]
    steps = yaml_file.load(found[".github/workflows/ci.yml"])["jobs"]["checks"]["steps"]
    checks = ["typecheck", "test", "typecheck:server", "test:rules"]
    runs = [step["run"] for step in steps if "run" in step]
    assert runs == ["npm ci", *(f"npm run {name}" for name in checks)]
    assert found[".env.example"] == "# Where it is\nEXPO_PUBLIC_URL=https://a.example\n"
    assert "3. Start the back end: `npm run server`" in found["README.md"]
    assert "server/made" in found[".gitignore"].splitlines()
    assert "functions" in json.loads(found["tsconfig.json"])["exclude"]
    assert '{ name: "server", include: ["server/*.test.ts"]' in found["vitest.config.mts"]
    assert "a-plugin" in json.loads(found["app.json"])["expo"]["plugins"]


def test_what_holds_without_a_connection_is_said_in_the_app_and_its_guide() -> None:
    found = tree(EVERYTHING)
    for words in PROMISE.values():
        assert words in found["lib/offline/promise.ts"]
        assert words in found["README.md"]


def test_actions_are_pinned_by_commit_with_their_tag_beside() -> None:
    text = tree(EVERYTHING)[".github/workflows/ci.yml"]
    used = re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40}) # (v[\d.]+)$", text, re.MULTILINE)
    assert len(used) == text.count("uses:") > 0
    for name, commit, tag in used:
        assert (actions()[name].commit, actions()[name].tag) == (commit, tag)


@pytest.mark.parametrize(
    ("made", "others", "says"),
    [
        (app(("chat",)), {}, "no way to sign in"),
        (app(("chat", "email", "roles")), {}, "roles needs safety"),
        (app(("email",)), {}, "core needs chat"),
        (app(("chat", "email")), {"packages": {"nobody": "sdk"}}, "nobody is not in"),
        (app(("chat", "email")), {"packages": {"expo": "55.0.0"}}, "56.0.23 and 55.0.0"),
        (app(("chat", "email")), {"scripts": {"test": "other"}}, "scripts test is taken"),
        (app(("chat", "email")), {"app": {"orientation": "default"}}, "orientation is"),
        (app(("chat", "email", "offline")), {}, "without a connection"),
    ],
)  # fmt: skip
def test_what_makes_no_app_is_refused(made: App, others: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        files(made, other(**others))


def test_a_place_that_no_screen_has_is_refused() -> None:
    nowhere = {"slots": {"nowhere": [{"name": "A", "from": "b"}]}}
    lost = Feature(stack="expo", name="lost", files={}, data=nowhere)
    with pytest.raises(ValueError, match="lost wants the place nowhere"):
        slots.files((features("expo")["core"], lost))
