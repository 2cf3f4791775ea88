"""A crowd that comes in a minute for what only few can have: tickets, drops, sign-ups."""

from blueproof.advisors.incident.figures import plain
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step

_CROWD = words(
    r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<k>k|m|million|thousand)?\+? (?:\w+ )?(?:people|users"
    r"|visitors|fans"
    r"|customers|students|buyers|players|requests)\b[^.?!\n\d]{0,24}?\b(?:in|within"
    r"|at) (?:the |a |one |about )*"
    r"(?:first )?(?P<c>\d+ )?(?P<unit>seconds?|minutes?|moment|same time|once)\b"
)
_WITHIN = words(
    r"\b(?:in|within) (?:the )?(?:first )?(?P<c>\d+ )?(?P<unit>sec\w*"
    r"|min\w*) (?P<n>\d[\d,]*)(?P<k>k|m)?\+? (?:\w+ )?(?:people"
    r"|users|visitors|clients|devices|requests)\b"
)
_CAPACITY = words(
    r"(?P<pods>\d{1,3}) (?:pods?|instances?|tasks?|servers?"
    r"|dynos?)\b[^.?!\n\d]{0,12}(?P<each>\d{1,5}) ?(?:rps|req\S*|requests?(?:/s| a second"
    r"| per second)?) each"
)
_MOST = words(r"\bmax(?:imum)? (?P<n>\d{1,3})\b")
_PUSH = words(r"\b(?:push\w*|fcm|apns|notifications?|newsletter|e-?mails?|campaign)\b")
_STOCK = words(
    r"(?P<n>\d[\d,]*k?) (?:tickets?|seats?|pieces?|items?|pairs?|places?|spots?|slots?|units?"
    r"|products?)\b"
)
_OVERSOLD = words(r"\b(?:oversold|oversell\w*|sold (?:too many|twice|more)|double[- ]?book\w*)\b")
_SERVERLESS = words(r"\b(?:vercel|netlify|lambdas?|supabase|firebase|serverless)\b")
_ROOM = 0.7  # of what is served, that a spread crowd may take
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


def rush(text: str) -> Trouble | None:
    """The trouble of a crowd at an opening; None where the crowd or its minute is not told."""
    crowd, stock = _CROWD.search(text) or _WITHIN.search(text), _STOCK.search(text)
    if not crowd:
        return None
    people = float(crowd["n"].replace(",", "")) * _SCALE.get((crowd["k"] or "").lower(), 1)
    size = 60 if crowd["unit"].lower().startswith("min") else 1
    seconds = float(crowd["c"] or 1) * size
    if not stock:
        return _surge(text, people, seconds)
    pieces = float(stock["n"].lower().replace(",", "").replace("k", "000"))
    if people <= pieces:
        return None
    return Trouble(
        id="crowd-at-an-opening",
        weight=8,
        says=(
            f"Turn most of them away cheaply: {plain(people)} / {seconds:g} s = "
            f"{plain(people / seconds)} a second for {plain(pieces)} pieces, so "
            f"{1 - pieces / people:.1%} get none and must never reach the database. A static page "
            "from the CDN, a waiting room that lets in what the load test showed, and one "
            "statement that cannot sell what is not there.",
        ),
        causes=(
            Cause(
                cause="The database is full of the crowd that gets nothing",
                look="pg_stat_activity at the minute: SELECT state, wait_event_type, left(query, "
                "60), count(*) GROUP BY 1, 2, 3 ORDER BY 4 DESC",
                shows="reads of the event page, or many waiting for the one row of the stock",
            ),
        ),
        now=_steps(pieces, text),
        later=(
            later("Freeze deployments the day before; one person watches, one decides; write down "
                  "which switch closes the sale"),
        ),
        sources=(
            source(
                "https://docs.aws.amazon.com/wellarchitected/latest/framework/rel05-bp02.html",
                "Requests up to a proved rate are accepted and the excess is rejected, so that the "
                "workload goes on serving what it can",
            ),
        ),
        replies=(
            Reply(to=words(r"\b(?:bigger|upgrade|more|scale)\b"), says="Beside it, not in its "
                                                                       "place: a plan for that "
                                                                       "minute is idle the rest "
                                                                       "of the year, and one "
                                                                       "row's lock is no faster "
                                                                       "on it."),
        ),
    )  # fmt: skip


def _steps(pieces: float, text: str) -> tuple[Step, ...]:
    pooled = (
        "; functions through the transaction pooler (port 6543), one connection each"
        if _SERVERLESS.search(text)
        else ""
    )
    first = (
        now(
            "No overselling: a row for each piece, insert into reservation under a unique key "
            "(event_id, seat_no), or UPDATE event SET left = left - 1 WHERE id = $1 AND left >= 1 "
            "RETURNING left, with CHECK (left >= 0); a reservation ends after 10 minutes and only "
            "a paid one becomes a ticket",
            f"500 buyers at once in a test for {plain(min(pieces, 20))} pieces: as many sold as "
            "there were",
            "drop the constraint",
        ),
        now(
            "The event page static from the CDN, with the state (soon, open, sold out) in one "
            "small file that is cached for 1 to 2 s; sold out is answered there",
            "no query a page view",
        ),
        now(
            "A waiting room before the buying pages (a bought one, or a signed number in a cookie "
            "drawn at random among those who came before the opening), which lets in 20 to 50 a "
            f"second at first{pooled}",
            "the load test at twice that number holds for five minutes",
            "let everybody in",
        ),
        now(
            "A load test two days before: k6 with constant-arrival-rate at the crowd's rate on the "
            "static page, and at the let-in rate on the buying path, with the payment in test mode",
            "p95 below 1 s, no failed sale",
        ),
    )
    return first if _OVERSOLD.search(text) or pieces else first[1:]


_SURGE_CAUSES = (
    Cause(
        cause="More calls than all instances serve come in seconds",
        look="requests a second at the edge in steps of 1 s, beside the number of ready pods",
        shows="the peak within seconds of the send, new pods minutes behind it",
    ),
    Cause(
        cause="The database behind is full first",
        look="active sessions and waits in pg_stat_activity in that minute",
        shows="more active than vCPUs",
    ),
)
_SURGE_NOW = (
    now(
        "Send in slices: a tenth of the devices each 15 to 30 s, those who open most first; put "
        "the headline and text into the notification's data, so that opening it needs no call",
        "the peak a second at the edge falls to a tenth",
        "one slice",
    ),
    now(
        "The article and the front page as public answers: Cache-Control: public, s-maxage=30, "
        "stale-while-revalidate=60 behind the CDN; only what is personal goes to the pods, later "
        "and with jitter of some seconds in the app",
        "hit ratio above 95 % in that minute",
        "s-maxage=0",
    ),
    now(
        "The sender raises the minimum before it sends (kubectl patch hpa NAME -p "
        '\'{"spec":{"minReplicas":20}}\', two minutes\' wait, then send), and sets it back '
        "after half an hour",
        "all pods ready before the first slice",
        "minReplicas 4",
    ),
)
_SURGE_LATER = (
    later(
        "Shed above the limit (503 with Retry-After at the edge), scale on requests a pod "
        "instead of CPU, and test it with k6 by a ramp of 10 s"
    ),
)
_SURGE_SOURCES = (
    source(
        "https://github.com/kubernetes/website/blob/01650250b631e2cae823654bef3b4e775f18eab4/"
        "content/en/docs/tasks/run-application/horizontal-pod-autoscale.md",
        "The autoscaler looks every 15 seconds by default, and leaves pods that are not ready out "
        "when it scales on CPU",
    ),
)


def _surge(text: str, people: float, seconds: float) -> Trouble | None:
    """The crowd that reads: against what all instances serve; None where that is not told."""
    room = _CAPACITY.search(text)
    if not room:
        return None
    now_serves = int(room["pods"]) * int(room["each"])
    rate = people / seconds
    most = _MOST.search(text)
    grown = f"; even all {most['n']} serve {int(most['n']) * int(room['each']):,}" if most else ""
    longer = max(seconds, people / (_ROOM * now_serves))
    pushed = bool(_PUSH.search(text))
    first = (
        f"{plain(people)} / {seconds:g} s = {plain(rate)} a second and more (each opens several "
        f"calls) against {room['pods']} x {room['each']} = {now_serves:,}{grown}: "
        f"autoscaling, which "
        "takes minutes, cannot meet it."
    )
    cure = (
        f"You send it yourself, so spread it: over {plain(longer)} s at one call each and "
        f"{_ROOM:.0%} use (assumed) the same people fit; and what all of them open is the same, so "
        "it comes from the CDN."
        if pushed
        else "What all of them open is the same, so it comes from the CDN; the rest waits in line."
    )
    return Trouble(
        id="crowd-that-reads",
        weight=8,
        says=(first, cure),
        causes=_SURGE_CAUSES,
        now=_SURGE_NOW,
        later=_SURGE_LATER,
        sources=_SURGE_SOURCES,
    )
