"""The needs of a case as a file that a person can read and change, and that decides again."""

from collections.abc import Mapping
from typing import Any

import yaml

from blueproof.core.errors import InputError
from blueproof.decide.ceiling import RATES
from blueproof.decide.dimensions import BY_ID
from blueproof.decide.needs import FAMILIES, Needs
from blueproof.facts.demands import demands
from blueproof.facts.load import LOADER

_HEAD = "# What the choice was made from. Change a value and `blueproof prove .` decides again.\n"
_FIGURES = ("writes", "developers", "thrifty", "files_gb", "downloads_gb",
            "daily_percent")  # fmt: skip
# What is written only where it was told.
_LATER = ("uploads", "uploads_mb", "fetches", "deeds", "people", "kept_months", "staff", "together",
          "currency", "month", "started", "sso_users", "sso_firms", "records",
          "watchers", "spoken")  # fmt: skip
_PAIRS, _OTHERS = "demands", "unfamiliar"
_LISTS = ("features", "clients", "options", "current", "ruled_out")


def write_needs(needs: Needs) -> str:
    """The needs as YAML; what is not listed under `known` was assumed."""
    raw: dict[str, Any] = {name: list(getattr(needs, name)) for name in _LISTS}
    raw |= {name: getattr(needs, name) for name in _FIGURES}
    raw |= {name: getattr(needs, name) for name in _LATER if getattr(needs, name)}
    if needs.demands:
        raw[_PAIRS] = dict(needs.demands)
    if needs.unfamiliar:
        raw[_OTHERS] = list(needs.unfamiliar)
    raw["known"] = dict(needs.known)
    raw["assumed"] = {d.id: d.default for d in needs.open()}
    return _HEAD + yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, width=100)


def read_needs(text: str, *, path: str) -> Needs:
    """The needs of such a file; InputError where it is none."""
    try:
        raw = LOADER(text).get_single_data()
        lists = {name: tuple(str(item) for item in raw[name]) for name in _LISTS}
        known = {str(k): str(v) for k, v in (raw["known"] or {}).items()}
        needs = Needs(
            features=lists["features"],
            clients=lists["clients"],
            options=lists["options"],
            current=lists["current"],
            ruled_out=lists["ruled_out"],
            known=tuple(sorted(known.items())),
            writes=int(raw["writes"]),
            developers=int(raw["developers"]),
            thrifty=bool(raw["thrifty"]),
            files_gb=int(raw["files_gb"]),
            downloads_gb=int(raw["downloads_gb"]),
            daily_percent=int(raw["daily_percent"]),
            uploads=int(raw.get("uploads", 0)),
            uploads_mb=int(raw.get("uploads_mb", 0)),
            fetches=int(raw.get("fetches", 0)),
            deeds=int(raw.get("deeds", 0)),
            people=int(raw.get("people", 0)),
            kept_months=int(raw.get("kept_months", 0)),
            staff=bool(raw.get("staff", False)),
            together=bool(raw.get("together", False)),
            currency=_currency(str(raw.get("currency", ""))),
            month=int(raw.get("month", 0)),
            started=int(raw.get("started", 0)),
            sso_users=int(raw.get("sso_users", 0)),
            sso_firms=int(raw.get("sso_firms", 0)),
            records=int(raw.get("records", 0)),
            watchers=int(raw.get("watchers", 0)),
            spoken=int(raw.get("spoken", 0)),
            demands=_demands(raw.get(_PAIRS) or {}),
            unfamiliar=tuple(str(name) for name in raw.get(_OTHERS) or ()),
        )
        for name in known:
            if BY_ID[name].is_number:
                needs.number(name)
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        what = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: not a file of needs ({what}): run the command again") from error
    named = {*needs.options, *needs.current, *needs.ruled_out, *needs.unfamiliar}
    strange = named - {*FAMILIES}
    if strange:
        raise InputError(f"{path}: {min(strange)!r} is none of {', '.join(FAMILIES)}")
    return needs


def _demands(raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The demands, each with its amount; ValueError where one is unknown or its amount is none."""
    for name, amount in raw.items():
        if name not in demands():
            raise ValueError(f"demands: {name!r} is none of {', '.join(demands())}")
        if demands()[name].unit:
            float(amount)
    return tuple(sorted((str(name), str(amount)) for name, amount in raw.items()))


def _currency(name: str) -> str:
    """The money of the budget; ValueError where no rate of ours turns it into US dollars."""
    if name and name not in RATES:
        raise ValueError(f"currency: no rate for {name}")
    return name
