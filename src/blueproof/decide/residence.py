"""Which region of the EU each back end is to be set up in, as the words tell it.

Sources: docs.cloud.google.com/firestore/native/docs/locations, docs.convex.dev/production/regions,
supabase.com/docs/guides/platform/regions, and the AWS list of regions, all read 2026-11-30.
"""

import re
from dataclasses import dataclass, replace

_HOME, _NORTH = "frankfurt", "stockholm"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the EU: the region of Google Cloud and of AWS there or next to it, with its city.

    `named` is whether the words name it; else it is assumed. `lacking` is the country named that
    has no region of its own, so that a neighbour's is taken.
    """

    google: str
    google_city: str
    aws: str
    aws_city: str
    named: bool = False
    lacking: str = ""


# Google's region and its city, then that of AWS (Supabase and Amplify are on AWS).
_REGIONS = {
    "frankfurt": ("europe-west3", "Frankfurt", "eu-central-1", "Frankfurt"),
    "paris": ("europe-west9", "Paris", "eu-west-3", "Paris"),
    "dublin": ("europe-west1", "Belgium", "eu-west-1", "Ireland"),
    "brussels": ("europe-west1", "Belgium", "eu-central-1", "Frankfurt"),
    "amsterdam": ("europe-west4", "the Netherlands", "eu-central-1", "Frankfurt"),
    "helsinki": ("europe-north1", "Finland", "eu-north-1", "Stockholm"),
    "stockholm": ("europe-north2", "Stockholm", "eu-north-1", "Stockholm"),
    "warsaw": ("europe-central2", "Warsaw", "eu-central-1", "Frankfurt"),
    "milan": ("europe-west8", "Milan", "eu-central-1", "Frankfurt"),
    "madrid": ("europe-southwest1", "Madrid", "eu-west-3", "Paris"),
}
_WORDS = {
    "frankfurt": r"frankfurt|germany|german|berlin|munich|deutschland|eu-central-1|europe-west3",
    "paris": r"paris|france|french|eu-west-3|europe-west9",
    "dublin": r"dublin|ireland|irish|eu-west-1",
    "brussels": r"brussels|belgium|belgian|europe-west1",
    "amsterdam": r"amsterdam|netherlands|dutch|holland|europe-west4",
    "helsinki": r"helsinki|finland|finnish|europe-north1",
    "stockholm": r"stockholm|sweden|swedish|denmark|danish|norway|norwegian|eu-north-1",
    "warsaw": r"warsaw|poland|polish|europe-central2",
    "milan": r"milan|italy|italian|rome|europe-west8",
    "madrid": r"madrid|spain|spanish|europe-southwest1",
}
_SURELY = ("frankfurt", r"frankfurt|eu-central-1|europe-west3")


def place_of(text: str) -> Place:
    """Where in the EU the data goes: the first place that the words name, else Frankfurt.

    >>> place_of("stays in the EU, Paris ideally").google, place_of("in the EU").named
    ('europe-west9', False)
    """
    if _says(_SURELY[1], text) is not None:
        return _place(_SURELY[0], named=True)
    found = {name: at for name, words in _WORDS.items() if (at := _says(words, text)) is not None}
    first = min(found, key=lambda name: found[name], default="")
    place = _place(first or _HOME, named=bool(first))
    lacking = re.search(r"\b(?:norway|denmark)\b", text, re.IGNORECASE)
    return replace(place, lacking=lacking[0].capitalize()) if lacking and first == _NORTH else place


def _place(name: str, *, named: bool) -> Place:
    google, google_city, aws, aws_city = _REGIONS[name]
    return Place(google=google, google_city=google_city, aws=aws, aws_city=aws_city, named=named)


def _says(words: str, text: str) -> int | None:
    found = re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)
    return found.start() if found else None
