"""The regions of AWS, by code and by what people call them."""

from functools import cache
from importlib import resources

from blueproof.facts.load import LOADER


@cache
def regions() -> dict[str, str]:
    """The code of a region by each of its names in small letters, the code itself among them."""
    file = resources.files("blueproof.facts") / "places" / "regions.yaml"
    raw = LOADER(file.read_text(encoding="utf-8")).get_single_data()
    return {name: code for code, names in raw.items() for name in (code, *names)}
