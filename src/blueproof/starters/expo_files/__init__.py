"""The Expo client that every back end shares: whole files of its features, and the composed ones.

The back end gives the data layer, lib/data/*, and adds packages, scripts, names of the environment
and steps by the same words in its own feature.yaml files.
"""

from blueproof.starters.expo_files import config, guide, manifest, slots, workflows
from blueproof.starters.feature import App, Feature, chosen

_WAYS_IN = frozenset({"email", "google", "apple", "anonymous"})


def files(app: App, others: tuple[Feature, ...]) -> dict[str, str]:
    """Every file of the client by its path; `others` are the chosen features of the back end.

    ValueError where the features do not make an app, or two of them want the same.
    """
    own = chosen("expo", app)
    _refuse(app, own)
    parts = (*own, *others)
    found = {path: text for feature in own for path, text in _whole(feature, app)}
    composed = (
        manifest.files(app, parts)
        | config.files(app, parts)
        | slots.files(own)
        | workflows.files(parts)
        | guide.files(app, parts)
    )
    if both := found.keys() & composed.keys():
        raise ValueError(f"composed and whole at once: {', '.join(sorted(both))}")
    return dict(sorted((found | composed).items()))


def _whole(feature: Feature, app: App) -> list[tuple[str, str]]:
    """The files of a feature; `only_with` names those that another feature asks for, by path."""
    asked = feature.data.get("only_with", {})
    return [
        (path, text)
        for path, text in feature.files.items()
        if path not in asked or asked[path] in app.features
    ]


def _refuse(app: App, own: tuple[Feature, ...]) -> None:
    if not _WAYS_IN & set(app.features):
        raise ValueError(f"{app.name} has no way to sign in: {', '.join(sorted(_WAYS_IN))}")
    for feature in own:
        for needed in feature.data.get("requires", ()):
            if needed not in app.features:
                raise ValueError(f"{feature.name} needs {needed}, which {app.name} does not have")
