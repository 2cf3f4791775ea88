"""Whether a request tells of a slow PostgreSQL query to rebuild, or another answer is better."""

import re

from blueproof.advisors.known.pools import lacks_connections
from blueproof.advisors.known.ranking import assured, ranked
from blueproof.advisors.known.reproduction.counts import counted
from blueproof.advisors.known.slow.reading import OTHERS
from blueproof.advisors.known.slow.signs import DATA, ELSEWHERE
from blueproof.core.brief import Brief
from blueproof.decide.reading import has_data
from blueproof.facts.entries import Failure
from blueproof.facts.kin import is_of_rivals
from blueproof.facts.pattern import LatePattern

# Of a way to ask, and a score: an entry that is said so wholly, with so much beside it, answers.
_CLEARLY, _PLAINLY = 0.95, 4.3
# Entries on what a rebuilt query shows by itself, with its own columns and times.
SHOWN = frozenset(
    "index-for-ilike index-column-order index-on-expression partial-or-covering-index distinct-slow"
    " count-exact-or-estimate offset-or-keyset-pagination postgres-order-by-limit-slow"
    " postgres-or-slow postgres-like-prefix-no-index postgres-jsonb-filter-slow"
    " postgres-array-any-slow postgres-text-search-slow postgres-estimate-wrong postgres-slow-count"
    " postgres-seq-scan postgres-temp-files seq-scan-small-table-fine time-series-where"
    " postgres-statement-timeout full-text-search-where index-every-column fuzzy-search"
    " queue-in-postgres postgres-slow-in-app".split()
)
# Entries that anything slow is near to.
GENERAL = frozenset({"postgres-slow-sometimes", "postgres-slow-after-upgrade"})
# That it is slow, not that somebody wonders whether it would be.
_IS_SLOW = LatePattern(
    r"\b(?:slow(?:er|ly|ness)?|sluggish|forever|crawl\w*|time(?:s|d)?[ -]?outs?|timing out|too "
    r"long|very long"
    r"|(?:takes?|took|taking|needs?|lasts?|for|after) (?:about |over |almost |nearly |more than "
    r"|up to )?"
    r"(?:(?:an?|one|two|three|four|five|six|ten|twenty|thirty|half an?|several|many|some)(?: to "
    r"| or )?){1,2}"
    r" (?:second|minute|hour|day)s?"
    r"|notic[ei]\w+ (?:while|delay|time|slow\w*)|take (?:a while|long|ages|forever)"
    r"|(?:eats?|burns?|hogs?|pegs?|costs?) (?:a lot|most|much|up|the|all|us|our|too much)"
    r"|takes? (?:a lot of|lots of|too much|so much|most of (?:the|its)) time"
    r"|\d+ ?(?:%|percent) of (?:the|its|our|that|this|all) (?:\w+ ){0,2}time is spent"
    r"|gets? worse (?:as|with|the more|every|each|over)"
    r"|(?:go(?:es)?|went|climbs?|grows?|rises?) up with|cost nothing|dies with|suffers?|hurts?"
    r"|(?:made|make|be|get) (?:it |this |that )?(?:cheap(?:er)?|quick(?:er)?|fast)"
    r"|traverses? (?:nearly |almost )?the entire|pretty much guarantees"
    r"|for (?:many |several |a few |over )?(?:hours|minutes|days|ages)"
    r"|takes? (?:ages|long|a while|(?:several |many |a few )?(?:seconds|minutes|hours))"
    r"|running (?:since|for|all)\b|runs? (?:since|all (?:night|day)|overnight)"
    r"|(?:still|never) (?:running|finish\w*|done|ends?)"
    r"|hang(?:s|ing)?|kill(?:s|ing)|laggy|lags?"
    r"|(?:seq(?:uential)?|full(?:[ -]table)?|table)[ -]?scan(?:s|ning)?"
    r"|bottleneck|expensive|optimi[sz]e"
    r"|speed (?:it |this )?up|faster|too slow|painful\w*"
    r"|unusable|high cpu|(?:100|[89]\d) ?% (?:of )?(?:the )?cpu"
    r"|(?:burn|eat|hog)(?:s|ing) (?:the )?cpu"
    r"|cpu (?:is |at |goes to |sits |stays |runs |hovers )*(?:100"
    r"|9\d))\b"
    r"|\b\d[\d.,]*\+? ?(?:ms|millis\w*|s|secs?|seconds?|mins?|minutes?|hours?|hrs?)\b",
    re.IGNORECASE,
)
# Stores that stand beside a database and hold no rows of its queries.
_BESIDE = frozenset({"redis", "elasticsearch", "opensearch", "rabbitmq", "kafka", "memcached"})
_NOT_THE_QUERY = LatePattern(
    r"\bfast (?:in|from|on|with|via) (?:psql|pgadmin|dbeaver|the console|sql editor|local\w*)"
    r"|(?<!retention )(?<!\d\s)\bpolic(?:y|ies)\b|\brow[ -]level security\b|\brls\b",
    re.IGNORECASE,
)
# Of a query that is pasted with its tables, less is enough.
_IS_BAD = LatePattern(
    r"\b(?:index\w*[^.?!]{0,40}(?:not|never|n't|ignored|unused)|(?:not|never|n't|ignor\w+)"
    r"[^.?!]{0,40}\bindex|why does (?:it|postgres\w*|the planner)|wait(?:s|ing|ed)?\b[^.?!]{0,20}"
    r"(?:seconds?|minutes?|hours?)|latency|performan\w+|improve\w*|heavy|costly|fast(?: again)?"
    r"|(?:makes?|made) no difference|(?:doesn't|does not|didn't|did not) use (?:it|that|this|them)"
    r"|(?:isn't|is not|not being) used|never (?:finish\w*|ends?|returns?|comes? back)|cost=\d"
    r"|efficien\w+|tune|tuning)\b",
    re.IGNORECASE,
)
_INDEXES = LatePattern(
    r"\b(?:which|what|missing|right|enough|more|add|need|any) (?:an? )?index(?:es|ing)?\b"
    r"|\bspeed(?:ing)? (?:\w+ ){1,3}up\b",
    re.IGNORECASE,
)
_WRITES = LatePattern(
    r"\bupdate\s+[\w.\"]+\s+set\s+[\w\"]+\s*=|\bdelete\s+from\s+[\w.\"]+\s+where\b", re.IGNORECASE
)
# Slowness on the way to the database, which no plan shows.
_ON_THE_WAY = LatePattern(
    r"\b(?:pg_?bouncer|supavisor|pgcat|pgpool\w*|rds proxy|pooler|connection (?:pool\w*|string"
    r"|overhead)|(?:open|opening|establish\w*|initiali[sz]ing|new) (?:a |the |db |database )*"
    r"connections?|(?:other|another|different) (?:continent|region|country|provider)|cross-region"
    r"|public (?:internet|address|ip)|round[- ]?trips?|network (?:latency|time)|ping(?:s|ed)? |vpn"
    r"|ssh tunnel|cold starts?|n ?\+ ?1|\d+\+? (?:api|http) (?:calls|requests)"
    r"|(?:one|a) query per (?:row|item|user)|located in|hosted in|dns|tls handshake)\b",
    re.IGNORECASE,
)
_ASLEEP = LatePattern(
    r"\b(?:(?:the |only the |very )?first (?:query|request|call|hit|load|select)\b[^.?!]{0,120}"
    r"\b(?:after|idle|next|later|second|subsequent|then|afterwards|following)"
    r"|(?:after|when) [^.?!]{0,40}\b(?:idle|idling|inactiv\w+|without (?:use|activity|traffic)"
    r"|sleep\w*|paused?|scaled? to zero|auto-?suspend\w*)\b)",
    re.IGNORECASE,
)
# That the database itself answers at once.
_IS_FAST_THERE = LatePattern(
    r"\bexecution[ -]time:? (?:of |is |was |only )?(?:about )?(?:0?\.\d+|[0-4](?:\.\d+)?) ?ms"
    r"|\bexplain(?: analyze)?\b[^.?!]{0,30} (?:0?\.\d+|[0-4](?:\.\d+)?) ?ms"
    r"|\b(?:takes?|is|runs? in|took|in) (?:only |about |just )?(?:0?\.\d+|[0-4](?:\.\d+)?) ?ms\b"
    r"[^.?!]{0,30}\b(?:in|from|with|via|on) (?:psql|dbeaver|pgadmin|datagrip|the database"
    r"|the server"
    r"|its execution plan)",
    re.IGNORECASE,
)
# Rows that are kept for a time and then to go: the disk is asked about, no query.
_KEPT_FOR = LatePattern(
    r"\b(?:(?:only|just) (?:need|keep|want|have to keep)"
    r"|(?:keep|need|want)(?:ing)? (?:only|just))\b"
    r"[^.?!]{0,40}\b(?:day|week|month|year)s?\b",
    re.IGNORECASE,
)
_TO_GO = LatePattern(r"\b(?:delet|purg|clean|shr[iu]nk|disk|bloat|drop)\w*", re.IGNORECASE)
# What speaks for the query's own slowness all the same.
_OF_ITS_ROWS = LatePattern(
    r"\b(?:seq(?:uential)? ?scans?|full (?:table )?scan|table scan|rows removed|index(?:es|ed)?"
    r"|sort key|hash join|nested loop|cost=)\b",
    re.IGNORECASE,
)
_OF_AN_EXTENSION = LatePattern(r"\bst_\w+\s*\(|<->|<=>|<#>|<\+>", re.IGNORECASE)
_OF_ANOTHER_KIND = LatePattern(
    r"\bcitus\b|\bgreenplum\b|\bredshift\b|\bcockroach(?:db)?\b|\byugabyte\w*|\bspanner\b",
    re.IGNORECASE,
)
# Where words alone would have a table of another kind made than theirs; a query says what it reads.
_PERHAPS_OF_ANOTHER = LatePattern(
    r"(?<!without )(?<!no )\bpostgis\b|\bpgvector\b|\bembeddings?\b|\bhypertables?\b"
    r"|\btimescale(?:db)?\b(?![^.]*\?)"
    r"|\bcold starts?\b",
    re.IGNORECASE,
)

_BROKEN = re.compile(r"[ \t]*\r?\n[ \t]*")


def _flowing(text: str) -> str:
    """The words on one line, as a mail breaks them anywhere: "up to 8", and below it "seconds"."""
    return _BROKEN.sub(" ", text)


def _is_of_postgres(brief: Brief) -> bool:
    """Whether PostgreSQL is in use, or nothing else is: what is only thought of does not count."""
    text = _flowing(brief.request)
    used = {
        str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"
    } - _BESIDE  # fmt: skip
    if "postgresql" not in used and (is_of_rivals(used, ["postgresql"]) or used & OTHERS):
        return False
    if ELSEWHERE.search(text) or _NOT_THE_QUERY.search(text):
        return False
    return "postgresql" in used or bool(DATA.search(text))


def is_slow(text: str) -> bool:
    """Whether the words say that something is slow, or a plan is not as it should be."""
    text = _flowing(text)
    return bool(_IS_SLOW.search(text) or _IS_BAD.search(text)) or writes_much(text)


def writes_much(text: str) -> bool:
    """Whether a statement that is told changes rows of a large table: it is to be in batches."""
    return bool(_WRITES.search(text)) and counted(text)


def is_worth_reading(brief: Brief) -> bool:
    """Whether it is open, before any query in the words is read, that one may be rebuilt.

    It is open, too, where files are handed over, or counts may stand in the words, which the reader
    takes out before it looks at the rest.
    """
    if has_data(brief) or "count" in brief.request.lower():
        return True
    return is_slow(brief.request) and _is_of_its_queries(brief)


def asks_speed(brief: Brief) -> bool:
    """Whether the words ask to make queries of PostgreSQL faster, or which indexes they want."""
    text = _flowing(brief.request)
    return (is_slow(text) or bool(_INDEXES.search(text))) and _is_of_its_queries(brief)


def may_be_rebuilt(
    brief: Brief, *, has_query: bool = False, has_both: bool = False,
    shown: frozenset[str] = frozenset(),
) -> bool:  # fmt: skip
    """Whether the words are of a slow query in PostgreSQL, or in a database that is not named.

    What an entry answers wholly stays its own, unless a rebuilt query shows the same in figures.
    `has_query` is whether SQL or a plan is there, and not words alone, `has_both` whether both are,
    which nobody pastes for anything else; `shown` are the entries that this very query shows.
    """
    text = _flowing(brief.request)
    slow = has_both or bool(_IS_SLOW.search(text))
    slow = slow or (has_query and (bool(_IS_BAD.search(text)) or writes_much(text)))
    if not slow or not _is_of_its_queries(brief):
        return False
    if not has_query and (_PERHAPS_OF_ANOTHER.search(text) or _is_of_retention(text)):
        return False
    found = ranked(brief)
    failures = (f for f in found[:1] if isinstance(f.entry, Failure))
    said = next((f for f in failures if f.share >= _CLEARLY and f.score >= _PLAINLY), None)
    best = assured(found) or said
    if best is None or best.entry.id in SHOWN | shown:
        return True
    built = has_both or (counted(text) and not best.printed)
    if built and not isinstance(best.entry, Failure):
        return True  # it is of how to build such a thing, and they have it already
    return not (best.printed or best.share >= _CLEARLY)


def _is_of_its_queries(brief: Brief) -> bool:
    """Whether the time is spent by PostgreSQL itself, on queries of a kind that can be rebuilt."""
    text = _flowing(brief.request)
    if _is_on_the_way(text) or not _is_of_postgres(brief):
        return False
    return not (_OF_ANOTHER_KIND.search(text) or _OF_AN_EXTENSION.search(text))


def _is_of_retention(text: str) -> bool:
    """Whether rows are kept for a time and deleted after it: partitions cure that, no index."""
    return bool(_KEPT_FOR.search(text) and _TO_GO.search(text))


def _is_on_the_way(text: str) -> bool:
    """Whether the time goes elsewhere: to connections, the network, a machine that was asleep."""
    if _ASLEEP.search(text) or _IS_FAST_THERE.search(text) or lacks_connections(text):
        return True
    return bool(_ON_THE_WAY.search(text)) and not (_OF_ITS_ROWS.search(text) or counted(text))


def is_shown_by_query(name: str) -> bool:
    """Whether the entry is on what a query with its tables shows by itself, or on all slowness."""
    return name in SHOWN or name in GENERAL


def may_be_implied(brief: Brief) -> bool:
    """Whether a query may be made from words that name no column: nothing else answers nearly."""
    used = {str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"}
    if is_of_rivals(used - {"postgresql"} - _BESIDE, ["postgresql"]):
        return False  # which of them is slow is not told
    best = assured(ranked(brief))
    if best is None or best.entry.id in SHOWN or best.entry.id in GENERAL:
        return True
    return not isinstance(best.entry, Failure) and counted(brief.request) and not best.printed
