"""An alarm on a percentile where few requests come: how many slow ones set it off."""

from blueproof.advisors.incident.figures import plain, rates
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words

_ALARM = words(r"\b(?:pag(?:ed|es|er|ing)|alarms?|alerts?|woken|wakes?|woke|on[- ]?call)\b")
_PERCENTILE = words(r"\bp(?P<p>50|90|95|99)\b|\b(?P<n>9[059])th\b")
_NIGHT = words(
    r"\b(?:pg_dump|backups?|vacuum|cron\w*|nightly|batch|etl|import|export|3 ?am|at night"
    r"|every night)\b"
)
_JOB = words(r"\b(?:pg_dump|backups?|vacuum|etl)\b")
_FALSE = words(
    r"\b(?:goes away|false|noise|noisy|nothing|by itself|flap\w*|resolves?"
    r"|every (?:second )?night|ignore)\b"
)
_LASTS = words(r"\b(?:lasts?|for)\s?(?:about |~)?(?P<n>\d{1,3})\s?min\w*")
_WINDOW, _MINUTE, _FEW = (
    5,
    60,
    5.0,
)  # minutes of a window, and requests a second below which few come


_CAUSES = (
    Cause(
        cause="The nightly job takes disk, processor or locks from the requests",
        look="ReadIOPS, CPU and pg_stat_activity (wait_event_type) in those minutes, on a "
        "night with the job and on one without",
        shows="the latency only on nights with the job, and waits for IO or Lock",
    ),
    Cause(
        cause="A few slow requests of one kind (a crawler, a report) come at that hour",
        look="the access log of those minutes, slowest twenty, by path and client",
        shows="one path or client",
    ),
)
_LATER = (
    later(
        "An SLO over 28 days (share of requests below the limit) with alarms on how fast "
        "it is used up, in place of a level of a percentile"
    ),
)
_SOURCES = (
    source(
        "https://gitlab.com/gitlab-com/runbooks/-/merge_requests/5118",
        "The Site Reliability Workbook, quoted there: with 10 requests an hour one failure is 10 % "
        "of them, so nights and weekends with few requests want another rule",
    ),
)
_REPLIES = (
    Reply(
        to=words(r"\b(?:delete|remove|mute|silence|disable)\b"),
        says="Not delete: make it a ticket, since the same measure shows a real slowdown by day.",
    ),
)


def quiet_alarm(text: str) -> Trouble | None:
    """The trouble of an alarm that few requests set off; None where they are not told."""
    percentile, told = _PERCENTILE.search(text), rates(text)
    if not (_ALARM.search(text) and _FALSE.search(text) and percentile and told):
        return None
    rate = min(told, key=lambda r: r.per_second)
    if rate.per_second > _FEW:
        return None
    share = 100 - int(percentile["p"] or percentile["n"])
    seen = rate.per_second * _MINUTE * _WINDOW
    lasts = _LASTS.search(text)
    job = _JOB.search(text) or _NIGHT.search(text)
    beside = f" beside \u201c{job[0]}\u201d" if job else ""
    long = f" for {lasts['n']} minutes" if lasts else ""
    return Trouble(
        id="alarm-on-few-requests",
        weight=6,
        says=(
            f"Keep the measure, take it off the phone: at {rate.quote} a window of {_WINDOW} "
            f"minutes "
            f"has {plain(seen)} requests, so {plain(max(1.0, seen * share / 100))} slow ones set "
            f"p{100 - share} off, and slow{long}{beside} is a job that is in the way, not an "
            f"outage "
            "that somebody must mend at night.",
        ),
        causes=_CAUSES,
        now=(
            now(
                f"Page only when at least 20 requests and {share * 2} % of them are above the "
                f"limit "
                "over 30 minutes (assumed), or when the probe from outside fails three times; the "
                "rest is a ticket the next morning",
                "the last month's nights run through the new rule: none pages, each real "
                "outage does",
                "the old rule",
            ),
            now(
                "Take the job out of the way: dump from a replica or a snapshot, or pg_dump at the "
                "quietest hour with fewer --jobs and ionice; a mute for its window only if nothing "
                "else helps, since it hides a real fault in that window",
                f"p{100 - share} in those minutes as at any other hour",
                "the old schedule",
            ),
        ),
        later=_LATER,
        sources=_SOURCES,
        replies=_REPLIES,
    )
