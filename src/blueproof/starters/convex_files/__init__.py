"""A Convex back end for one app: its features' whole files, and what is composed of their data."""

from collections.abc import Callable, Mapping, Sequence

from blueproof.starters.convex_files.hooks import hooks
from blueproof.starters.convex_files.schema import schema
from blueproof.starters.convex_files.wiring import auth, crons, environment, http, rates, settings
from blueproof.starters.feature import App, Feature, chosen

_Printer = Callable[[Sequence[Feature], App], str]

_COMPOSED: Mapping[str, _Printer] = {
    "convex/auth.ts": auth,
    "convex/crons.ts": crons,
    "convex/environment.md": environment,
    "convex/hooks.ts": hooks,
    "convex/http.ts": http,
    "convex/rates.ts": rates,
    "convex/schema.ts": schema,
    "convex/settings.ts": settings,
}


def files(app: App) -> dict[str, str]:
    """Every file of the back end and of the client's data layer, by path, sorted.

    A composed file that no feature adds anything to is left out.
    """
    features = chosen("convex", app)
    composed = {path: printed(features, app) for path, printed in _COMPOSED.items()}
    whole = {path: text for each in features for path, text in _whole(each, app).items()}
    return dict(
        sorted({**whole, **{path: text for path, text in composed.items() if text}}.items())
    )


def _whole(feature: Feature, app: App) -> dict[str, str]:
    """The files of a feature, less those that serve other features which the app does not have."""
    every: Mapping[str, Sequence[str]] = feature.data.get("only_with", {})
    some: Mapping[str, Sequence[str]] = feature.data.get("only_with_any", {})
    has = set(app.features)
    return {
        path: text
        for path, text in feature.files.items()
        if has.issuperset(every.get(path, ())) and has.intersection(some.get(path, has))
    }
