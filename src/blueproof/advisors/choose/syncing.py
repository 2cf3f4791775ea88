"""Work without a network: what keeps the data on the phone, who wins, and how files get through."""

import re
from collections.abc import Iterator

from blueproof.advisors.choose.case import Choice
from blueproof.core.advice import Step
from blueproof.core.evidence import Citation
from blueproof.decide.reading import told_files
from blueproof.facts.load import fact

_SAME = re.compile(
    r"\b(?:edit|change|work(?:ing)? on|update|fill(?: in)?|touch|write)\w*\b[^.;?!]{0,40}\bsame\b|"
    r"\bsame\s+\w+[^.;?!]{0,30}\b(?:at once|at the same time|edit\w*|chang\w*|updat\w*)\b|"
    r"\bconflicts?\b|\boverwrit\w+|\b(?:two|2|several|both|multiple)\s+\w+[^.;?!]{0,40}\bone\s+\w+",
    re.IGNORECASE,
)
_THING = re.compile(r"\b(?:the\s+)?same\s+(?P<thing>[a-z]+)", re.IGNORECASE)
_PLACES = frozenset("site time place house building lift day client customer team".split())
_OF_VENDORS = frozenset({"processing-agreement", "soc2-report", "customer-keys"})
_TYPED = frozenset({"expo", "react-native"})


def is_offline(choice: Choice) -> bool:
    """Whether people must write without a connection, and something that fits was found."""
    return choice.needs.value("offline") == "yes" and not choice.pick.ruled_out


def shares_records(choice: Choice) -> bool:
    """Whether the words tell of two people on one record."""
    return bool(_SAME.search(choice.brief.request))


def sentences(choice: Choice) -> Iterator[str]:
    """What the answer says of it: the part that keeps data on the phone, and who wins."""
    if not is_offline(choice):
        return
    yield _keeper(choice)
    if shares_records(choice):
        held = choice.pick.option.aspects["conflicts"]
        yield f"Two people on one {_thing(choice)}: {held.says.partition(';')[0]}."


def _keeper(choice: Choice) -> str:
    option = choice.pick.option.id
    if option == "supabase":
        month = fact("powersync.pro-month").value
        return (
            "Alone it does nothing offline: PowerSync keeps SQLite on the phone and sends changes "
            f"in order once there is a network (its Pro plan, ${month:,.0f}, is in the bill)."
            f"{_beside_abroad(choice)}"
        )
    if option in {"firestore", "realtime-database"}:
        how = (
            "React Native Firebase in a development build, not the JavaScript SDK"
            if _TYPED & {*choice.needs.clients}
            else "no service beside it"
        )
        return (
            "What works offline is its native SDK: documents and unsent writes stay on the phone's "
            f"disk ({how})."
        )
    return f"For work offline it takes {choice.pick.option.aspects['offline-sync'].remedy}."


def _beside_abroad(choice: Choice) -> str:
    """How what is told to hold of the back end holds of PowerSync, which sees the same data."""
    told = {name for name, _ in choice.needs.demands}
    parts = []
    if choice.needs.value("region") == "eu":
        region = fact("powersync.eu-region").says.partition(" unless ")[0]
        parts.append(f"{region}, so choose EU when you make it")
    if told & _OF_VENDORS:
        parts.append(
            "it is a vendor of its own: what you need in writing from the back end (agreement, "
            "report) ask of PowerSync too, which is not confirmed here, or run its service yourself"
        )
    return f" {'; '.join(parts)}." if parts else ""


def _thing(choice: Choice) -> str:
    """What two people edit, in the words of the request: visit, job; else record."""
    found = [m["thing"].lower() for m in _THING.finditer(choice.brief.request)]
    return next((thing for thing in found if thing not in _PLACES), "record")


def evidence(choice: Choice) -> Iterator[Citation]:
    """The sources of what is said here."""
    if is_offline(choice):
        aspects = choice.pick.option.aspects
        names = ("offline-sync", "conflicts", *(("file-queue",) if _has_files(choice) else ()))
        yield from (aspects[name].citation for name in names)


def _has_files(choice: Choice) -> bool:
    return bool(told_files(choice.brief)) or "file-upload" in choice.needs.features


def steps(choice: Choice, starter: str = "") -> Iterator[Step]:
    """What to do for it: the phone without a network, the rule for one record, the files.

    `starter` is the folder of the app on the pick, if one was written.
    """
    if not is_offline(choice):
        return
    yield _without_network(choice, starter)
    yield _rule(choice)
    if _has_files(choice):
        yield _queue(choice)


def _without_network(choice: Choice, starter: str) -> Step:
    supabase = choice.pick.option.id == "supabase"
    begin = (
        "Set up PowerSync on the project, with sync rules that give each person only their own "
        "rows, and write"
        if supabase
        else _on_disk(starter)
    )
    days = fact("powersync.free-idle-days").value
    free = (
        f". Its Free plan is for trying only: it is switched off after {days} days without use"
        if supabase and not choice.needs.may_pause
        else ""
    )
    return Step(
        do=f"{begin} in airplane mode for half a day, killing the app; then go online{free}",
        horizon="now",
        check="everything written is on the server once, in order, and on a second phone",
        undo="the trial project is deleted; nothing else hangs on it",
    )


def _on_disk(starter: str) -> str:
    """What makes Firestore keep unsent writes on the phone; our starter does not by itself."""
    if not starter:
        return "Switch the disk cache on, and write"
    return (
        f"Put React Native Firebase into {starter}/lib/data in place of the JavaScript SDK, which "
        "keeps unsent messages in memory and loses them when the app is closed; then write"
    )


def _rule(choice: Choice) -> Step:
    held = choice.pick.option.aspects["conflicts"]
    keep = f": keep {held.remedy}" if held.remedy else ""
    return Step(
        do=f"Decide who wins when two people change one {_thing(choice)}{keep}. "
        f"By itself: {held.says}",
        horizon="now" if shares_records(choice) else "next",
        check="two phones in airplane mode change one record; both changes, or a refusal that is "
        "shown, come out",
        undo="the rule stands in one place and can be changed there",
    )


def _queue(choice: Choice) -> Step:
    held = choice.pick.option.aspects["file-queue"]
    return Step(
        do=f"Send files apart from the rows: {held.remedy}; {held.says}",
        horizon="next",
        check="twenty photos taken in airplane mode, the app killed twice: all twenty arrive, each "
        "once",
        undo="the files stay on the device until they have arrived",
    )
