"""Which technologies stand near another, so that what is known of them may answer too."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from blueproof.facts.load import LOADER


@cache
def _kin() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("blueproof.facts") / "spoken" / "kin.yaml").read_text("utf-8")
    return {name: tuple(near) for name, near in LOADER(text).get_single_data().items()}


def kin(technologies: Iterable[str]) -> frozenset[str]:
    """What stands near these technologies, without themselves.

    >>> sorted(kin(["npgsql"]))
    ['postgresql']
    """
    named = {*technologies}
    return frozenset(near for each in named for near in _kin().get(each, ())) - named


def named_in_table() -> frozenset[str]:
    """Every technology of the table, for whoever checks their names."""
    return frozenset(_kin()).union(*_kin().values())
