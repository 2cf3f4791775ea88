"""The small composed files: auth.ts, crons.ts, http.ts, rates.ts, settings.ts, environment.md."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from blueproof.starters.convex_files.typescript import Named, file, imports, listed, record, text
from blueproof.starters.feature import App, Feature


def auth(features: Sequence[Feature], app: App) -> str:
    """Convex Auth with the providers and callbacks that the features bring.

    A feature's `store` names, by the feature that asks for it, what its stored sign-ins go through.
    """
    providers = list({each["name"]: each for each in _each(features, "providers")}.values())
    callbacks = _merged(features, "callbacks")
    asked = _merged(features, "store").items()
    through = [each for feature, each in asked if feature in app.features]
    all_ = [*providers, *callbacks.values(), *through]
    own = [Named(each["from"], each["name"]) for each in all_]
    library = Named("@convex-dev/auth/server", "convexAuth")
    session = Named("./model/sessions", "session")
    calls = listed([each["name"] for each in providers], "[", "]", "  ")
    answers = listed([_pair(key, each["name"]) for key, each in callbacks.items()], "{", "}", "  ")
    body = f"{{\n  providers: {calls},\n  session,\n  callbacks: {answers},\n}}"
    return file(imports([library, session, *own]), *_made(f"convexAuth({body})", through))


def _made(call: str, through: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The functions of Convex Auth; what it stores goes through others where features ask."""
    if not through:
        yield f"export const {{ auth, signIn, signOut, store, isAuthenticated }} = {call};"
        return
    yield f"const made = {call};"
    yield "export const { auth, signIn, signOut, isAuthenticated } = made;"
    store = "made.store"
    for each in through:
        store = f"{each['name']}({store})"
    yield f"export const store = {store};"


def _pair(key: str, name: str) -> str:
    return key if key == name else f"{key}: {name}"


def crons(features: Sequence[Feature], _app: App) -> str:
    """What runs by the clock."""
    lines = [
        f"crons.interval({text(each['name'])}, {_literal(each['every'])}, {each['call']}, {{}});"
        for each in _each(features, "crons")
    ]
    head = imports([Named("convex/server", "cronJobs"), Named("./_generated/api", "internal")])
    return file(head, "const crons = cronJobs();", "\n".join(lines), "export default crons;")


def _literal(every: Mapping[str, int]) -> str:
    return f"{{ {', '.join(f'{unit}: {count}' for unit, count in every.items())} }}"


def http(features: Sequence[Feature], _app: App) -> str:
    """The routes: Convex Auth's own, and those of the features."""
    routes = list(_each(features, "routes"))
    head = imports(
        [
            Named("convex/server", "httpRouter"),
            Named("./auth", "auth"),
            *(Named(each["from"], each["name"]) for each in routes),
        ]
    )
    lines = ["auth.addHttpRoutes(http);", *(_route(each) for each in routes)]
    return file(head, "const http = httpRouter();", "\n".join(lines), "export default http;")


def _route(route: Mapping[str, str]) -> str:
    where = f"path: {text(route['path'])}, method: {text(route['method'])}"
    return f"http.route({{ {where}, handler: {route['name']} }});"


def rates(features: Sequence[Feature], _app: App) -> str:
    """How often a person may do a thing: a bucket's size, and what flows into it."""
    given = {
        name: f"{{ burst: {rate['burst']}, perMinute: {rate['perMinute']} }}"
        for name, rate in _merged(features, "rates").items()
    }
    body = f"export const RATES = {record(given)} as const;"
    return file(body, "export type Rate = keyof typeof RATES;")


def settings(features: Sequence[Feature], app: App) -> str:
    """What the code must know of the app: `settings` names an attribute of App for a constant."""
    given = {name: getattr(app, kind) for name, kind in _merged(features, "settings").items()}
    lines = [
        f"export const {name} = {text(value) if isinstance(value, str) else value};"
        for name, value in given.items()
    ]
    return file("\n".join(lines)) if lines else ""


def environment(features: Sequence[Feature], _app: App) -> str:
    """The variables of a deployment, and how each is set."""
    rows = [f"| `{name}` | {says} |" for name, says in _merged(features, "environment").items()]
    table = "\n".join(["| variable | value |", "| --- | --- |", *rows])
    title = "# Variables of a deployment"
    how = (
        "Set each for development and again for production: "
        "`npx convex env set NAME VALUE`, with `--prod` for production. "
        "None of them goes into the repository or into the app."
    )
    return file(title, how, table)


def _each(features: Sequence[Feature], key: str) -> Iterator[Mapping[str, Any]]:
    for feature in features:
        yield from feature.data.get(key, ())


def _merged(features: Sequence[Feature], key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for feature in features:
        found.update(feature.data.get(key, {}))
    return found
