"""What shall ring at night where no cloud's own metrics are there: few alarms, by the told rate."""

from math import ceil

from blueproof.advisors.incident.figures import plain, rates
from blueproof.advisors.incident.trouble import Cause, Trouble, later, now, source, words

_ALARMS = words(
    r"\b(?:alert(?:s|ing)?|alarms?|page me|on[- ]?call|pag(?:er|ing|ed)|phones?|wakes? (?:me"
    r"|us)|monitoring)\b"
)
_WISHED = words(
    r"\b(?:set ?up|which|what should|should|how (?:do|should|would)|need|want|recommend\w*"
    r"|please)\b"
)
_CLOUD = words(
    r"\b(?:aws|ecs|eks|lambda|rds|cloudwatch|fargate|aurora|dynamodb|alb|ec2|prometheus|grafana)\b"
)
_HOST = words(
    r"\b(?:fly(?:\.io)?|render|heroku|railway|vercel|hetzner|digital ?ocean|vps|supabase"
    r"|netlify|coolify|dokku|cloud run|gcp)\b"
)
_HOURS = words(
    r"\b(?P<a>\d{1,2})(?::00)?\s?(?:-|to|\u2013)\s?(?P<b>\d{1,2})\s?(?:h|pm|:00|o'?clock)\b"
)
_DAY, _SHARE, _LEAST = (
    86_400,
    5,
    5,
)  # seconds, per cent of failures, and failures that say something
_WINDOW = 10  # minutes

_SOURCES = (
    source(
        "https://github.com/mozilla/readability/blob/11093f011f57fa528a00a78d70b8d9df32c7a32d/"
        "test/test-pages/google-sre-book-1/expected.html",
        "Site Reliability Engineering, chapter 6 (a copy): a page is for what is urgent, "
        "actionable and seen by users; what can wait until morning is none",
    ),
)


def watching(text: str) -> Trouble | None:
    """What shall ring on such a host; None where alarms are not wished for."""
    if not (_ALARMS.search(text) and _WISHED.search(text) and _HOST.search(text)):
        return None
    told = rates(text)
    if _CLOUD.search(text) or not told:
        return None
    hours = _HOURS.search(text)
    length = (int(hours["b"]) - int(hours["a"])) % 24 if hours else 24
    rate = told[0].per_second * 24 / (length or 24)
    seen = rate * 60 * _WINDOW
    failed = max(_LEAST, ceil(seen * _SHARE / 100))
    when = f" between {hours['a']} and {hours['b']} only" if hours else ""
    return Trouble(
        id="few-alarms-on-a-host",
        weight=6,
        says=(
            f"Three things ring{when} (the levels are assumed, to be set in the first month): a "
            "probe from outside of a path that asks the database, each minute, that fails three "
            f"times in a row; {failed} answers 5xx in {_WINDOW} minutes ({told[0].quote} are about "
            f"{plain(seen)} in {_WINDOW} minutes then); and a database disk above 90 %. All else "
            "is mail for the morning: CPU above 85 % for 15 minutes, p95 above 1 s for 30 minutes, "
            "disk above 75 %, a backup or nightly job older than 26 hours, connections above 70 % "
            "of max_connections, a certificate with 14 days left.",
        ),
        causes=(
            Cause(
                cause="It is really down for people",
                look="the probe from two places, then curl -sS -o /dev/null -w '%{http_code} "
                "%{time_total}\\n' https://HOST/health/db",
                shows="both fail, or no 200 within 5 s",
            ),
        ),
        now=(
            now(
                "GET /health/db that runs SELECT 1 with a time-out of 2 s; a probe service with "
                "phone or push alerts (the free or small plans are enough for one path; a push app "
                "with critical alerts rings like a call), bound to the hours of use",
                "stop the database in staging: the phone rings within four minutes",
                "remove the probe",
            ),
            now(
                "Count 5xx: an error tracker with an alert on number in a window, not on each "
                "error, or a count over the log each minute",
                "throw an error by hand as often: it rings; once: it does not",
            ),
        ),
        later=(
            later(
                "Once a month: each ring on which nobody acted is deleted or made a mail; write "
                "the first three steps for each that is left"
            ),
        ),
        sources=_SOURCES,
    )
