"""Where data is kept in the EU, what leaves it all the same, a person's copy and erasure."""

import re
from collections.abc import Iterator

from blueproof.advisors.choose.case import Choice
from blueproof.decide.residence import Place, place_of

# Features of which a part runs outside the EU by itself, whatever region is set.
_PUSHES = frozenset({"push-notifications", "notifications"})
_RIGHTS = {
    "export": r"\bexport\w*|\bcop(?:y|ies) of (?:the|their|all|his|her|your|my|everything)\b|"
    r"\bdata portability\b|\bdownload (?:all )?(?:their|his|her|the|my) data\b|"
    r"\b(?:data )?subject access\b|\bdsars?\b",
    "deletion": r"\b(?:delet|eras)\w+|\bright to be forgotten\b|"
    r"\b(?:remove|wipe|purge)d?(?: all)?(?: (?:of )?(?:their|his|her))? data\b",
}
_OF_PERSONS = re.compile(
    r"\b(?:parents?|users?|persons?|people|members?|customers?|patients?|kids?|child(?:ren)?|"
    r"students?|accounts?|personal|gdpr|dpo|data protection|their data|his data|her data|right to|"
    r"subject|dsars?|everyone|anyone|clients?)\b",
    re.IGNORECASE,
)
# What people export and delete every day, without any right of theirs.
_OF_OTHERS = re.compile(
    r"\b(?:messages?|rows?|posts?|photos?|files?|csv|pdf|excel|reports?|comments?|drafts?|"
    r"protection|bigquery|to s3)\b",
    re.IGNORECASE,
)
_NEAR = 18  # characters behind the word in which its object stands
_WITHIN = re.compile(
    r"\b(?:within|in|under|inside|at most|no later than)\s+(?:the\s+)?"
    r"(?P<many>\d{1,3}|an?|one|two|three)[ -]?(?P<unit>(?:day|week|month)s?)\b",
    re.IGNORECASE,
)


def sentences(choice: Choice) -> Iterator[str]:
    """Which region, what is outside it all the same, and what the bill takes for it."""
    if choice.pick.ruled_out or choice.needs.value("self-hosted") == "yes":
        return
    if choice.needs.value("region") == "eu":
        yield _region(choice, place_of(choice.brief.request))
        yield from _outside(choice)


def _region(choice: Choice, place: Place) -> str:
    option = choice.pick.option.id
    told = "" if place.named else ", unless you name another"
    if option in {"firestore", "realtime-database"}:
        if option == "realtime-database":
            return "Region: europe-west1 (Belgium), the only one of Realtime Database in the EU."
        return (
            f"Region: {place.google} ({place.google_city}{_none_in(place)}) for Firestore, "
            f"functions and files{told}; it is set once. The bill takes the prices of us-central1."
        )
    if option == "convex":
        only = ", the only one of Convex in the EU" if place.aws_city != "Ireland" else ""
        return f"Region: aws-eu-west-1 (Ireland{only}), set when a deployment is made."
    return f"Region: {place.aws} ({place.aws_city}{_none_in(place)}){told}; it is set once."


def _none_in(place: Place) -> str:
    return f", there is none in {place.lacking}" if place.lacking else ""


def _outside(choice: Choice) -> Iterator[str]:
    """What runs outside the EU whatever region is set, if the headline has not said it."""
    if {*choice.needs.features} & _PUSHES:
        yield "Pushes pass servers of Apple and Google that no region reaches: no content in them."


def rights(text: str) -> tuple[tuple[str, ...], str]:
    """Which of export and deletion of one person's data are asked for, and within what time.

    >>> rights("A parent must get everything exported and deleted within 30 days.")
    (('export', 'deletion'), '30 days')
    """
    found: set[str] = set()
    limit = ""
    for sentence in re.split(r"[.;?!\n]\s", text):
        asked = {name for name, words in _RIGHTS.items() if _asks(words, sentence)}
        if asked and _OF_PERSONS.search(sentence):
            found |= asked
            within = _WITHIN.search(sentence)
            limit = f"{within['many']} {within['unit']}" if within else limit
    return tuple(name for name in _RIGHTS if name in found), limit


def _asks(words: str, sentence: str) -> bool:
    """Whether it is asked of a person's data, not of messages or of a table as a file."""
    return any(
        not _OF_OTHERS.search(sentence[found.start() : found.end() + _NEAR])
        for found in re.finditer(words, sentence, re.IGNORECASE)
    )


def on_rights(choice: Choice, starter: str) -> str:
    """What there is for a person's copy and erasure; `starter` is the folder of the app, or ""."""
    asked, limit = rights(choice.brief.request)
    if not asked or choice.pick.ruled_out:
        return ""
    what = f"{' and '.join(asked)} of a person's data{f' within {limit}' if limit else ''}"
    if starter:
        return (
            f"{what[0].upper()}{what[1:]}: {starter} has both, begun by the person under Settings. "
            "Missing: who asks for somebody else (a parent for a child), a log of requests with "
            "their dates, and how long backups keep what was erased."
        )
    return (
        f"{what[0].upper()}{what[1:]}: nothing here is ready for it. Write one server function "
        "that goes through every table and file with the person's id, keep a log of requests "
        "with their dates, and let backups expire in that time."
    )
