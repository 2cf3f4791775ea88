"""The region that functions and database are made in."""

from collections.abc import Mapping

HOME = "us-central1"
"""Where functions run if no region is set: the starter's files name it."""


def placed(files: Mapping[str, str], region: str) -> dict[str, str]:
    """The files with the region in place of the usual one; as they are if it is "".

    >>> placed({"a.ts": 'default: "us-central1"'}, "europe-west3")
    {'a.ts': 'default: "europe-west3"'}
    """
    return {path: text.replace(HOME, region) if region else text for path, text in files.items()}


def located(settings: dict[str, object], region: str) -> dict[str, object]:
    """The settings of firebase.json with the place where a deploy makes the database."""
    firestore = settings.get("firestore")
    if not region or not isinstance(firestore, dict):
        return settings
    place = {"database": "(default)", "location": region}
    return {**settings, "firestore": {**place, **firestore}}
