"""What the words name and we do not compare: other back ends, sign-in, a server of one's own."""

import re
from collections.abc import Iterator

from blueproof.advisors.choose.case import Choice
from blueproof.costs.quantities import per_second
from blueproof.decide.calls import calls_of
from blueproof.decide.candidates import family_of
from blueproof.decide.chains import plural
from blueproof.decide.people import people_of
from blueproof.decide.reading import CLIENTS
from blueproof.decide.workload import workload

# Services that stand beside a back end for signing in.
_SIGN_IN = frozenset({"clerk", "auth0", "workos", "okta", "keycloak", "better-auth", "nextauth"})
# What makes a back end of one's own.
_OWN = frozenset(
    """nodejs express nestjs fastify hono postgresql mysql mongodb sqlite django fastapi laravel
    ruby-on-rails spring-boot hetzner digitalocean docker go dotnet redis prisma""".split()
)
_NAMES = {"pocketbase": "PocketBase", "appwrite": "Appwrite", "nhost": "Nhost", "hasura": "Hasura",
          "playfab": "PlayFab", "clerk": "Clerk", "auth0": "Auth0", "workos": "WorkOS",
          "back4app": "Back4App", "parse": "Parse", "mongodb": "MongoDB",
          "nodejs": "Node.js"}  # fmt: skip
_WHOLE = 1.0
_BUSY = 50.0  # requests a second that one small server answers without a thought


def strangers(choice: Choice) -> tuple[str, ...]:
    """The technologies named as options of which no fact of ours makes a back end to compare."""
    found = [
        str(f.value)
        for f in choice.brief.facts
        if f.key == "technology"
        and f.role in {"option", "target"}
        and f.value not in CLIENTS
        and not family_of(str(f.value))
    ]
    return tuple(dict.fromkeys(found))


def sentences(choice: Choice) -> Iterator[str]:
    """What the answer says of them."""
    named = strangers(choice)
    compared = {"powersync"} if choice.pick.option.id == "supabase" else set()
    others = [n for n in named if n not in _SIGN_IN and n not in _OWN and n not in compared]
    if others:
        verb = "is" if len(others) == 1 else "are"
        yield f"{_listed(others)}, which you named, {verb} not compared: no checked facts here."
    yield from _signing_in(choice, [n for n in named if n in _SIGN_IN])
    if asks_own_server(choice) or any(n in _OWN for n in named):
        yield _own_server(choice)
    told = calls_of(choice.brief.request, people_of(choice.brief))
    if told or {"calls", "video-calls"} & {*choice.needs.features}:
        sums = (
            f" ({told.month:,.0f} {plural(told.what)} a month x {told.minutes:.0f} minutes x 2 "
            f"people = {told.total:,.0f} minutes)"
            if told
            else ""
        )
        yield (
            f"Calls are in none of them{sums}: a service such as LiveKit carries them, with a bill "
            "of its own that is not reckoned here."
        )


def _signing_in(choice: Choice, named: list[str]) -> Iterator[str]:
    if not named or choice.pick.ruled_out:
        return
    held = choice.pick.option.aspects["authentication"]
    services = _listed(named, "or")
    if held.level >= _WHOLE:
        yield f"{services} beside it is not needed: {held.says}."
    else:
        yield f"{services} beside it: {held.remedy or held.says}."


def asks_own_server(choice: Choice) -> bool:
    """Whether the words put a server of one's own beside the services, as an alternative."""
    return bool(OWN_SERVER.search(choice.brief.request))


OWN_SERVER = re.compile(
    r"\b(?:or|vs|instead of|rather than)\s+(?:just\s+|simply\s+|plain\s+|rather\s+)?"
    r"(?:my own|our own|own|a|some|node|express|django|laravel|rails|go|fastapi|postgres)\b"
    r"[^.;?!]{0,40}\b(?:postgres\w*|server|vps|box|hetzner|droplet|backend)\b",
    re.IGNORECASE,
)


def _own_server(choice: Choice) -> str:
    usage = workload(choice.needs, choice.decision.users).usage
    busiest = float(per_second(usage.writes + usage.opens + usage.calls))
    load = (
        f"{max(busiest, 1):,.0f} requests in the busiest second are no reason against it"
        if busiest < _BUSY
        else f"it must answer {busiest:,.0f} requests in the busiest second"
    )
    return (
        f"A server of your own was not priced: {load}, but sign-in, backups that were restored "
        "once, upgrades and nights become your work."
    )


def _listed(names: list[str], word: str = "and") -> str:
    shown = [_NAMES.get(n, n) for n in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
