"""Who signs in with a firm's account: how many people, and from how many firms."""

import re
from dataclasses import dataclass

from blueproof.core.brief import Brief
from blueproof.decide.people import People, places_of

_SSO = re.compile(
    r"\b(?:sso|saml2?|single[- ]sign[- ]?on|okta|entra(?: id)?|azure ad|oidc|openid connect|"
    r"active directory|adfs|onelogin|jumpcloud|shibboleth|google workspace|"
    r"(?:company|corporate|work|school) (?:login|account)s?)\b",
    re.IGNORECASE,
)
# People of an app that is to be chosen for have accounts in it, however shortly that is said.
_SIGNS_IN = re.compile(
    r"\b(?:log[- ]?ins?|log(?:s|ged)? in|sign[- ]?(?:in|ins|up|ups)|signed in|(?:user|same|with|and"
    r"|have|has|their(?: own)?|create|an?) accounts?|accounts? (?:for|and)|passwords?)\b",
    re.IGNORECASE,
)
_FIRM = (
    r"(?:customers?|compan(?:y|ies)|clients?|firms?|tenants?|schools?|districts?|organi[sz]ations?|"
    r"orgs?|universit(?:y|ies)|hospitals?|clinics?|enterprises?|accounts?|partners?)"
)
_OF_THEM = re.compile(
    rf"\b(\d[\d,]*)\s+of\s+(?:them|these|those|(?:our|the|its)\s+(?:\w+\s+)?{_FIRM})\b",
    re.IGNORECASE,
)
_FIRMS = re.compile(rf"\b(\d[\d,]*)\s+(?:[a-z0-9]+\s+){{0,2}}?{_FIRM}\b", re.IGNORECASE)
_SHARE = re.compile(rf"\b(\d{{1,2}})\s?%\s+of\s+(?:\w+\s+){{0,2}}?{_FIRM}\b", re.IGNORECASE)
_SOME = re.compile(
    r"\bfor (?:the |our |some (?:of )?(?:the |our )?)?"
    r"(?:big(?:ger|gest)?|larg(?:er|est|e)|enterprise|corporate|some|few)\b",
    re.IGNORECASE,
)
_QUARTER = 0.25  # of the firms, where only the large ones have it
_REACH = 90  # characters behind the word for it in which a number of firms still tells whose


@dataclass(frozen=True, kw_only=True)
class SignOn:
    """`users` who come by it (0: all of them) from `firms` firms (0: not told)."""

    users: float = 0.0
    firms: int = 0


def signs_in(text: str) -> bool:
    """Whether people have accounts in the app, as "chat and login" says."""
    return bool(_SIGNS_IN.search(text))


def sign_on_of(brief: Brief, people: People) -> SignOn:
    """Who signs in with a firm's account, as the words tell it."""
    text = brief.request
    found = _SSO.search(text)
    if not found:
        return SignOn()
    near = _near(text, found)
    places = places_of(text)
    firms = _firms(near, places)
    if firms and places and people.count:
        return SignOn(users=people.count * min(firms / places, 1.0), firms=round(firms))
    return SignOn(users=_group(brief, near, people), firms=round(firms or places))


def _near(text: str, found: re.Match[str]) -> str:
    """The sentence that speaks of it, and a little beyond."""
    start = max(text.rfind(sign, 0, found.start()) for sign in (". ", "; ", "? ", "! ", "\n"))
    after = text[found.end() : found.end() + _REACH]
    return text[start + 1 : found.end()] + re.split(r"[.?!]\s", after)[0]


def _firms(near: str, places: float) -> float:
    share = _SHARE.search(near)
    if share and places:
        return places * float(share[1]) / 100
    told = _OF_THEM.search(near)
    if not told and _SOME.search(near):
        return _QUARTER * places
    told = told or _FIRMS.search(near)
    return float(told[1].replace(",", "")) if told else 0.0


def _group(brief: Brief, near: str, people: People) -> float:
    """The people of the one group that the sentence names, where there are others beside it."""
    named = [
        float(f.value)
        for f in brief.facts
        if f.key in {"scale.users", "scale.people", "scale.developers"}
        and not isinstance(f.value, str)
        and re.search(rf"\b{re.escape(f.unit.partition(' ')[0])}s?\b", near, re.IGNORECASE)
    ]
    group = max(named, default=0.0)
    return group if 0 < group < people.count else 0.0
