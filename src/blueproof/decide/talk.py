"""How people talk in the app, as the words tell it: messages of one person a day."""

import re

from blueproof.core.brief import Brief
from blueproof.decide.deeds import NUMBER, RANGE, amount, middle
from blueproof.decide.people import DAYS, People

_DAYS = {"day": 1, "daily": 1, "week": 7, "weekly": 7, "month": 30, "monthly": 30}
_MESSAGES = r"(?:(?:chat|text|short|new|direct)\s+)?(?:messages?|msgs?|texts|dms?|chats)"
_PERSON = (
    r"(?:(?:active|daily|monthly)\s+)?(?:users?|persons?|people|members?|parents?|players?|heads?|"
    r"students?|coach(?:es)?|teachers?|nurses?|drivers?|employees?|workers?|customers?|patients?|"
    r"friends?|kids?|dau|mau|technicians?|staff|colleagues?)"
)
_A = r"(?:per|an?|each|every|/)"
_WHEN = rf"(?:{_A}\s*(?P<period>day|week|month)|(?P<adverb>daily|weekly|monthly))\b"
_ABOUT = r"(?:(?:about|around|roughly|maybe|some|on average|approximately|up to|~)\s*)*"
_EACH = r"(?:each|every|per|an?|one|the (?:average|typical)|average|typical)"
_TALKS = r"(?:sends?|sending|writes?|writing|posts?|posting|exchang(?:es?|ing)|types?)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 9 messages per user per day; 9 msgs/user/day; 12 messages each a day
        rf"{RANGE}\s+{_MESSAGES}\s*(?:(?:{_A}|by each|from each|for each)\s*{_PERSON}|each|apiece)"
        rf"\s*(?:and\s+)?,?\s*{_WHEN}",
        # 9 messages a day per user
        rf"{RANGE}\s+{_MESSAGES}\s*{_WHEN}\s*(?:and\s+)?"
        rf"(?:(?:per|by each|from each|for each|each|/)\s*{_PERSON}|each\b|apiece\b)",
        # each sends 30 messages daily; everyone writes about 12 messages a day
        rf"\b(?:{_EACH}\s+(?:of them\s+)?(?:{_PERSON}\s+)?|"
        rf"(?:everyone|everybody|{_PERSON} each)\s+)"
        rf"(?:will\s+|would\s+|to\s+)?{_TALKS}\s+{_ABOUT}{RANGE}\s+{_MESSAGES}\s*{_WHEN}",
        # per user and day 9 messages
        rf"\b(?:per|each)\s+{_PERSON}\s+(?:and|per|a|,)\s*(?P<period>day|week|month)(?P<adverb>)"
        rf"\s*:?\s*{_ABOUT}{RANGE}\s+{_MESSAGES}\b",
        # people send about 40 messages a day: so few are those of one
        rf"\b(?:{_PERSON}|they)\s+(?:will\s+|would\s+)?{_TALKS}\s+{_ABOUT}"
        rf"(?=(?P<few>\d{{1,3}})\b(?!,\d))(?!\d+\s*k\b){RANGE}\s+{_MESSAGES}\s*{_WHEN}",
    )
)  # fmt: skip
_NOT_TALK = re.compile(r"\b(?:push|sms|queue|kafka|mqtt|sqs|devices?|sensors?)\W+$", re.IGNORECASE)


def messages_of(text: str) -> float:
    """The messages that one person sends on a day, as told; 0 where nothing tells it.

    >>> messages_of("maybe 9 messages per user per day"), messages_of("2M messages a day")
    (9.0, 0.0)
    """
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            if not _NOT_TALK.search(text[: found.start()]):
                period = found["period"] or found["adverb"]
                return middle(found) / _DAYS[period.lower()]
    return 0.0


MOSTLY = 70  # of a hundred messages, where most are said to be spoken and not how many
_VOICE = r"(?:voice|spoken|audio|recorded)\b(?![- ]calls?\b)"
_NOTES = r"(?:voice|audio)[- ](?:messages?|notes?|memos?|clips?)"
_MOST = (
    r"(?:most(?:ly)?|mainly|primarily|predominantly|almost (?:only|all|always)|nearly all|chiefly)"
)
_SPOKEN = re.compile(
    # mostly (send) voice messages; most of the messages are voice notes
    rf"\b{_MOST}\s+(?:(?:by|via|in|with|through|of|the|their|our|these|all)\s+)*"
    rf"(?:(?:sen[dt]s?|sending|talk|communicate|chat|exchange|use|using|leave|record)\s+)?"
    rf"(?:(?:by|via|in|with|through|short|long)\s+)*{_VOICE}|"
    rf"\b{_MOST}\s+(?:of\s+)?(?:the\s+|their\s+|our\s+|all\s+)?(?:messages?|msgs?|chats?)\s+"
    rf"(?:are|will be|would be|is|being)\s+{_VOICE}|"
    # voice messages mostly; messages are mostly spoken; voice first
    rf"\b{_NOTES}\s*,?\s*(?:mostly|mainly|primarily)\b(?!\s+\w)|"
    r"\b(?:voice|audio)[- ]first\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"\b(?P<share>\d{{1,2}}|100)\s?(?:%|percent|per cent)\s+(?:of\s+)?(?:the\s+|all\s+|our\s+)?"
    rf"(?:messages?|msgs?|chats?|them)\s+(?:are|will be|is|being)\s+{_VOICE}|"
    rf"\b(?P<part>\d{{1,2}}|100)\s?(?:%|percent|per cent)\s+{_NOTES}\b",
    re.IGNORECASE,
)


def spoken_of(text: str) -> int:
    """How many of a hundred messages are voice messages, as told; 0 where nothing tells it.

    >>> spoken_of("people send mostly voice messages"), spoken_of("text, sometimes voice messages")
    (70, 0)
    """
    share = _SHARE.search(text)
    if share:
        return int(share["share"] or share["part"])
    return MOSTLY if _SPOKEN.search(text) else 0


_ALONE = 200  # messages a day that one person may well send


def messages_shared(brief: Brief, people: People) -> float:
    """The messages a person and day, from a number that stands without whose they are.

    A few are those of one person; a great many are those of all who come on a day.
    """
    told = [
        f.value for f in brief.facts
        if f.key == "scale.messages" and f.unit == "message per day"
        and not isinstance(f.value, str) and f.span
        and not _NOT_TALK.search(brief.request[: f.span[0]])
    ]  # fmt: skip
    if not told or not people.count:
        return 0.0
    many = max(told)
    daily = people.count * people.days / DAYS
    if many <= _ALONE and many * _TENTH <= people.count:
        return many
    return many / daily if many >= daily / _TENTH else 0.0


_TENTH = 10
_GROUP = r"(?:group|team|room|chat|class|squad|channel|conversation|crew|household|family|thread)"
_MANY = rf"(?P<many>{NUMBER})"
_OF = (
    r"(?:people|persons?|members?|players?|kids|children|parents?|users?|students?|participants?|"
    r"pupils|ppl|heads|adults|friends)"
)
_GROUPS = (
    re.compile(
        rf"\b{_MANY}\s+(?:\w+\s+)?{_OF}\s*(?:(?:in|on|per|an?|each|every)\b|/)\s*(?:each\s+|every\s+|a\s+|one\s+)?"
        rf"(?!our|my|the|dev)(?:\w+\s+)?{_GROUP}\b(?!\s+of\s+(?:dev|engineer))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{_GROUP}(?:s|es)|families|(?:group|team)\s+chats?|"
        rf"(?:{_GROUP}|chat room)(?=\s+(?:holds|can have|may have|has up))|"
        r"(?:group|team|class|room|squad)\s+size)"
        r"\s*(?:is|are|have|has|holds?|can have|may have|with|of|:|can be|may be|"
        r"(?<=size)\s*=|(?=up to|max|at most|between|<|~|\())\s*\(?"
        rf"(?:between\s+\d+\s+and\s+)?{_ABOUT}(?:a maximum of\s+|at most\s+|max\.?\s+|<\s*)?"
        rf"{RANGE}(?!\s*(?:k\b|%|\w+\s+(?:team|group)s\b|messages?|msgs|dollars|usd|eur|per|"
        r"a month|developers?|devs?|engineers?|groups|teams|countries|languages))",
        re.IGNORECASE,
    ),
)
_LEAST = 2


def group_of(text: str) -> float:
    """The people in the largest conversation, as told; 0 where nothing tells it.

    >>> group_of("~22 people a team"), group_of("groups up to 40"), group_of("a team of 4")
    (22.0, 40.0, 0.0)
    """
    found = [_most(match) for pattern in _GROUPS for match in pattern.finditer(text)]
    return max((many for many in found if many >= _LEAST), default=0.0)


def _most(found: re.Match[str]) -> float:
    named = found.groupdict()
    return amount(named.get("many") or named.get("high") or named["low"])
