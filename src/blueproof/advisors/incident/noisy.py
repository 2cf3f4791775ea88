"""More alarms than anybody reads: what may ring, what is a weekly list, what is deleted."""

from collections.abc import Iterator

from blueproof.advisors.incident.figures import duration
from blueproof.advisors.incident.trouble import Cause, Trouble, later, now, source, words

_MANY = words(
    r"(?P<n>\d[\d,]*)\+? (?:\w+ )?(?:alerts?|alarms?|notifications?|pages?|pings?)\b"
    r"(?: an?| per|/| each| every)? ?(?P<per>day|week|hour|night)\b"
)
_IGNORED = words(
    r"\bignor\w+|\bnobody (?:looks|reads|cares)|\bfatigue\b|\bnois[ye]\w*|\bmuted?\b|\btoo many\b"
    r"|\bspam\w*|\bfalse (?:positives?|alarms?)"
)
_ALERTS = words(r"\b(?:alert\w*|alarms?|on[- ]?call|pag(?:er|ing|ed))\b")
_SECONDS = {"day": 86_400, "week": 604_800, "hour": 3_600, "night": 86_400}
_TWO = 2  # pages a week that somebody still acts on (assumed)

_PARTS = (
    (words(r"\balb\b|\bapi\b|\becs\b|\bload balancer|\bapi gateway"),
     "5xx above 2 % of the requests and p95 above twice the usual, 3 of 5 minutes"),
    (words(r"\brds\b|\baurora\b|\bpostgres\w*|\bmysql\b"),
     "the database: free storage below 15 %, connections above 80 % of max_connections"),
    (words(r"\bredis\b|\belasticache\b|\bvalkey\b"),
     "Redis: memory above 80 %, and evictions where jobs or sessions live in it"),
    (words(r"\bsqs\b|\bqueues?\b|\bworkers?\b"),
     "the queue: age of the oldest message above what a customer may wait (15 minutes), "
     "dead letters above 0 by day only"),
)  # fmt: skip

_CAUSES = (
    Cause(
        cause="A few rules make most of them",
        look="count the last 7 days of the channel by rule (in CloudWatch: aws cloudwatch "
        "describe-alarm-history --history-item-type StateUpdate --start-date START)",
        shows="five rules with most of the messages, and no action after any of them",
    ),
)
_LATER = (
    later(
        "Each page gets three first steps in writing; each Monday the one on call deletes "
        "or mends what rang without an action; an SLO with burn-rate alarms when that holds"
    ),
)
_SOURCES = (
    source(
        "https://github.com/mozilla/readability/blob/"
        "11093f011f57fa528a00a78d70b8d9df32c7a32d/test/test-pages/google-sre-book-1/"
        "expected.html",
        "Site Reliability Engineering, chapter 6 (a copy): a page is for what is urgent, "
        "actionable and seen by users; what can wait until morning is none",
    ),
)


def noisy(text: str) -> Trouble | None:
    """The trouble of alarms that nobody reads; None where their number is not told."""
    many = _MANY.search(text)
    if not (many and _IGNORED.search(text) and _ALERTS.search(text)):
        return None
    count = int(many["n"].replace(",", ""))
    seconds = _SECONDS[many["per"].lower()]
    if count < _TWO:
        return None
    rings = "; ".join(_rings(text))
    return Trouble(
        id="alarms-nobody-reads",
        weight=7,
        says=(
            f"Turn it round: a phone rings only for what users feel or what will stop them within "
            f"hours, and all else makes no message. {count:,} a {many['per'].lower()} is one each "
            f"{duration(seconds / count)}; the aim is about {_TWO} pages a week (assumed).",
            f"What rings (levels assumed, set by your last month): {rings}; a probe from outside "
            "that fails three times; a job whose success did not come.",
        ),
        causes=_CAUSES,
        now=(
            now(
                "Sort the rules of the last 7 days by number; for each of the top ten ask what was "
                "done the last time: nothing is a delete, something by day is a line of a weekly "
                "list, something at once may ring",
                f"below {max(_TWO, count // 20):,} a {many['per'].lower()} after a week",
                "the rule from Git or the console's history",
            ),
            now(
                "Alarms on CPU, memory and single errors off the channel; an error tracker speaks "
                "of a new or returned kind of error or one above a number in an hour, not of each "
                "event",
                "the on-call person read every message of a week",
            ),
            now(
                "M out of N periods (3 of 5) and missing data as not breaching, on every alarm "
                "that is left; one channel that rings, one that nobody has to read",
                "no alarm that came and went within five minutes",
            ),
        ),
        later=_LATER,
        sources=_SOURCES,
    )


def _rings(text: str) -> Iterator[str]:
    """What rings for each part that the person has."""
    named = [says for sign, says in _PARTS if sign.search(text)]
    yield from named or [_PARTS[0][1]]
