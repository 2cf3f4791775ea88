"""Whether words may ask for a change of a live schema; nothing else is loaded to tell."""

import re

from blueproof.core.brief import Brief

_LIVE = re.compile(
    r"\b(?:live|production|prod|zero[- ]?downtime|down ?time|rolling|blue.?green"
    r"|maintenance (?:window|mode)|without (?:\w+ ){0,3}?(?:lock|block|stop|outage|interrupt)\w*"
    r"|no (?:locks?|outage|interruption)|running (?:system|service|app|database|db)|hot table"
    r"|still running|take (?:the )?(?:site|service|app) down|stop (?:the )?(?:site|service|app)"
    r"|nothing (?:blocks|locks|breaks)|(?:old|both) (?:pods|instances|versions?)|online"
    r"|(?:writes|inserts|updates|requests)(?: ?/ ?| per | a )s(?:ec(?:ond)?)?)\b",
    re.IGNORECASE,
)
_STUCK = re.compile(
    r"\b(?:stuck|hung|blocked|blocking|waiting)\b[^.]{0,40}\b(?:for \d+|right now|since)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:tried|last time|attempt\w*|staging|rehears\w+|test (?:db|database|copy))\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:steps?|procedure|runbook|how|plan|sequence|migrations?|(?:what|which|right) order"
    r"|roll (?:it |this )?out|(?:need|have|want|going|like) to|must|safely|safest|what do (?:i|we)"
    r"|safe (?:order|way|steps?|procedure)|roll-?out|show me|give me|i'd like|we'd like)\b",
    re.IGNORECASE,
)
# A table so large that nobody can stop for it, and what would be done to it.
_LARGE = re.compile(r"\b\d[\d.,]* ?(?:m|mio|million|b|bn|billion)\b", re.IGNORECASE)
_ALTERS = re.compile(
    r"\b(?:add\w*|creat\w+|put|mak\w+|introduc\w+|turn\w*|chang\w+|convert\w*|migrat\w+|alter\w*"
    r"|set|go|needs?|gets?|give)\b[^.;?]{0,60}\b(?:foreign keys?|fks?|not null|references|bigint"
    r"|check constraint|unique constraint|uuid|timestamptz|jsonb)\b"
    r"|\bpartition\w* (?:it|this|the table|by|on)\b|\bpartitioning by\b",
    re.IGNORECASE,
)
# Another database, or another matter: what is changed is no table of PostgreSQL in use.
_ELSEWHERE = re.compile(
    r"\b(?:mysql|mariadb|sqlite|sql server|mssql|oracle|mongo(?:db)?|firestore|firebase|dynamo ?db"
    r"|cassandra|convex|cockroach(?:db)?|planetscale|clickhouse|bigquery|snowflake)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:review|look (?:at|over)|check) (?:this|my|our|the)\b|\bis (?:it|this|that) (?:safe|ok)\b"
    r"|\bexplain analy[sz]e\b|\bupgrade (?:from |our |my )?(?:postgres|pg)\b"
    r"|\bslow (?:query|queries)\b|\btakes? \d+ ?(?:s|ms|seconds)\b.{0,60}\bselect\b"
    r"|\bselect\b.{1,200}\bfrom\b.{1,200}\b(?:where|join|order by)\b"
    r"|\b(?:failed|fails|stuck|hangs|hanging)\b.{0,40}\b(?:now|right now|since)\b",
    re.IGNORECASE,
)


def may_change(brief: Brief) -> bool:
    """Whether the words speak of a database in use, want steps, and are about no other matter."""
    words = " ".join(brief.request.split())
    large = _LARGE.search(words) and _ALTERS.search(words)
    if not ((_LIVE.search(words) or large) and _WANTS.search(words)):
        return False
    if _STUCK.search(words) and not _BEFORE.search(words):
        return False  # a statement that waits now is an incident
    return not (_ELSEWHERE.search(words) or _OTHER.search(words))
