"""What happens twice: charges, orders, mails, jobs."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words
from blueproof.facts.pattern import Found

_TWICE = words(
    r"\b(?:twice(?! (?:this|a|per|in the|last|as|that)\b)|duplicat\w*|dupes?"
    r"|double[- ]?(?:charg\w+|book\w+|order\w*|sen[dt]\w*|bill\w+|entr\w+)"
    r"|doubled|two (?:identical|same)|(?:2|3|two|three|multiple) times|several times"
    r"|same (?:\w+ )?again)\b"
)
_CLIENT = words(r"\b(?:retr(?:y|ies|ied|ying)|double[- ]?(?:click\w*|tap\w*)|tap(?:s"
                r"|ped)? twice|resubmit\w*"
                r"|time[sd]?[- ]?out\w*|impatient|refresh\w*)\b")  # fmt: skip
_MONEY = words(r"\b(?:charg\w+|order\w*|pay(?:ments?|ing|s)?|book(?:ing|ings|ed)|invoice\w*"
               r"|checkout\w*|credit\w*|transfer\w*|withdraw\w*)\b")  # fmt: skip
_HOOK = words(r"\bwebhooks?\b")
_CRON = words(r"\b(?:cron\w*|schedul\w+|nightly|setinterval|node-cron|apscheduler|@scheduled"
              r"|celery beat"
              r"|every (?:morning|night|day|hour|\d+ min\w*))\b")  # fmt: skip
_SQS = words(r"\bsqs\b")
_CHECK = words(
    r"\b(?:check\w*|if (?:not )?exists?|select (?:first|before)|look(?:s|ed)? up"
    r"|find(?:_or_create|orcreate)?)\b"
)
_LOCK = words(r"\b(?:lock\w*|redlock|mutex|setnx|queue|serializ\w+|isolation)\b")
_STOCK = words(r"\b(?:stock|inventory|seats?|tickets?|balance|quota|coupon\w*|oversold"
               r"|oversell\w*|negative)\b")  # fmt: skip
_RACE = words(r"\b(?:race\w*|same time|simultaneous\w*|oversold|oversell\w*|negative|at once"
              r"|double[- ]?book\w*|lost updates?)\b")  # fmt: skip
_SHARE = words(r"\b(?P<bad>\d[\d,]*) (?:out )?of (?:the |our |about |~)?(?P<all>\d[\d,]*k?)\b")
_GIVES_UP = words(
    r"\btime[sd]?[- ]?out\w*\b[^.;,)\n\d]{0,24}(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>ms|s|sec\w*)\b"
)
_ANSWERS = words(
    r"\b(?:takes?|took|answers?|responds?"
    r"|up to)\b[^.;,)\n\d]{0,24}(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>ms|s|sec\w*)\b"
)


def _figures(text: str) -> str:
    """What share is doubled, and whether the client gives up before the server answers."""
    told = []
    share, gives_up, answers = _SHARE.search(text), _GIVES_UP.search(text), _ANSWERS.search(text)
    if gives_up and answers and _seconds(gives_up) < _seconds(answers):
        told.append(
            f"Your client gives up after {_seconds(gives_up):g} s, the server answers after up to "
            f"{_seconds(answers):g} s: the first is still at work when the second comes."
        )
    if share:
        every = float(share["all"].replace(",", "").replace("k", "000"))
        bad = float(share["bad"].replace(",", ""))
        if 0 < bad < every:
            told.append(f"{share['bad']} of {share['all']} is {bad / every:.2%}.")
    return " ".join(told)


def _seconds(found: Found) -> float:
    return float(found["n"]) / (1000 if found["unit"].lower() == "ms" else 1)


_NO_LOCK = Reply(
    to=_LOCK,
    says="No: a lock in Redis ends by its time while the work goes on, and a second one starts "
    "then; a unique key in the database cannot be passed by anybody.",
)

KNOWN = (
    Known(
        signs=(_TWICE, _MONEY, _CLIENT),
        unless=words(r"\bsqs\b|\bcron\b|\bwebhook"),
        entry="postgres-duplicate-key",
        first="Two requests",
        says=(
            "The second request comes while the first still works: both look, both find nothing, "
            "both write, so a check before the insert cannot stop it. What stops it is a key that "
            "the client makes once for each tap and sends with every try, held by a unique index.",
        ),
        figures=_figures,
        causes=(
            Cause(
                cause="Two tries of one tap are at work at the same time",
                look="SELECT cart_id, count(*), max(created_at) - min(created_at) AS apart FROM "
                "orders GROUP BY 1 HAVING count(*) > 1 ORDER BY 3, beside the client's time-out",
                shows="pairs about one time-out apart (a retry) or below a second (a second tap)",
            ),
            Cause(
                cause="The provider's own event is worked off twice beside it",
                look="whether both rows name the same payment of the provider",
                shows="one payment and two rows",
            ),
        ),
        steps=(
            now(
                "Find and refund what was done twice: SELECT cart_id, count(*), min(created_at), "
                "max(created_at) FROM orders GROUP BY 1 HAVING count(*) > 1; and turn the "
                "client's own retry of this POST off until the key is there",
                "no new pair after it",
                "the retry on again",
            ),
            now(
                "After they are cleaned: CREATE UNIQUE INDEX CONCURRENTLY ON orders (cart_id), or "
                "on an idempotency_key that the client sends; INSERT ... ON CONFLICT DO NOTHING "
                "RETURNING first, and only who gets the row charges, with the order's id as the "
                "provider's idempotency key; the other reads what became of it",
                "send the same POST twenty times at once: one row, one charge",
                "DROP INDEX CONCURRENTLY",
            ),
            later(
                "Bound the slow call inside (2 to 3 s, then a fallback) so that the answer comes "
                "before the client gives up, and reconcile with the provider once a day",
                "p99 of the POST below the client's time-out",
            ),
        ),
        replies=(_NO_LOCK,),
        weight=5,
    ),
    Known(
        signs=(_TWICE, _HOOK),
        entry="functions-event-twice",
        first="delivered again",
        says=(
            "A webhook is sent at least once: no 2xx in time, and it comes again, at times while "
            "the first still runs. Save the event's id under a unique key in the same transaction "
            "as what it does, answer 2xx at once, and do the slow part from a queue.",
        ),
        steps=(
            now(
                "CREATE TABLE webhook_event (id text PRIMARY KEY, received_at timestamptz NOT NULL "
                "DEFAULT now()); INSERT ... ON CONFLICT DO NOTHING RETURNING id: no row back means "
                "that it was seen, so answer 200 and stop",
                "send one event twice at the same moment: one effect",
                "drop the table",
            ),
            later(
                "Take the event as a hint only: read the object's state from the provider and "
                "write that, so that order and repeats do not matter; compare both sides daily",
            ),
        ),
        replies=(_NO_LOCK,),
        weight=4,
    ),
    Known(
        signs=(_TWICE, _CRON, _MONEY),
        unless=words(r"\bsqs\b|\bwebhook|\bbull\w*|\bdidn'?t run|\bnot run|\bsilent\w*|\bmissed"),
        entry="schedule-on-every-instance",
        first="Each container",
        says=(
            "The schedule runs in every copy of the process, so a second instance is a second run. "
            "Today: run it in one place only before the next night, and pay back; then let each "
            "charge be made once by a key, however often the job runs.",
        ),
        steps=(
            now(
                "Before the next run: one instance, or the schedule behind an environment variable "
                "that one instance has (RUN_CRON=1), or out of the process: a Kubernetes CronJob "
                "with concurrencyPolicy Forbid, EventBridge Scheduler, the host's own",
                "one log line of the job tonight, with one host name",
                "the variable off",
            ),
            now(
                "Find the pairs: SELECT subscription_id, count(*), array_agg(charge_id) FROM "
                "charges WHERE created_at > 'THE_NIGHT' GROUP BY 1 HAVING count(*) > 1; refund "
                "the later of each through the provider's API with an idempotency key "
                "(refund-CHARGE_ID), and tell those customers before they ask",
                "as many refunds as pairs, and the provider's sum of the day is right",
                "none",
            ),
            later(
                "UNIQUE (subscription_id, period_start) on the charge, inserted before the "
                "provider is called, and the same pair as the provider's idempotency key: two "
                "runs then make one charge; a lock alone does not, where one run is cut and begun "
                "again",
                "run the job twice by hand in staging: one charge each",
                "DROP the constraint",
            ),
        ),
        replies=(_NO_LOCK,),
        weight=6,
    ),
    Known(
        signs=(_TWICE, _CRON),
        unless=words(r"\bsqs\b|\bwebhook|\bbull\w*|\bdidn'?t run|\bnot run|\bsilent\w*|\bmissed"),
        entry="schedule-on-every-instance",
        first="Each container",
        says=(
            "The schedule runs in every process that has it: two copies of the service, or an old "
            "and a new one during a deployment, run it twice. Take it out of the web process, and "
            "let each run claim its slot by a unique key (job, slot), so that a second one ends at "
            "once.",
        ),
        replies=(_NO_LOCK,),
        weight=4,
    ),
    Known(
        signs=(_TWICE, _SQS),
        entry="sqs-duplicates",
        first="longer than the visibility",
        says=(
            "A standard queue delivers at least once, and what is not deleted within the "
            "visibility timeout (30 s by default) comes again to another worker: set it above the "
            "slowest run, for Lambda six times the function's timeout, and make the effect "
            "harmless the second time by a unique key in the same transaction.",
        ),
        replies=(
            Reply(
                to=words(r"\bfifo\b"),
                says="No: FIFO drops repeats of the sender within 5 minutes; a message whose work "
                "outlasts the visibility timeout comes again there, too.",
            ),
            _NO_LOCK,
        ),
        weight=4,
    ),
    Known(
        signs=(_STOCK, _RACE),
        unless=words(r"\bdesign\b|\bschema for\b|\bmodel\b"),
        entry="optimistic-lock-conflict",
        first="Two requests",
        says=(
            "Two requests read the same number, both find enough, both write: let the database "
            "decide in one statement, UPDATE ... SET left = left - 1 WHERE id = $1 AND left >= 1 "
            "(no row back means sold out), and CHECK (left >= 0) beside it as the last word.",
        ),
        steps=(
            now(
                "ALTER TABLE ... ADD CONSTRAINT left_not_negative CHECK (left >= 0) NOT VALID; "
                "from then on the second one fails instead of selling what is not there; mend the "
                "old rows, then VALIDATE CONSTRAINT",
                "fifty buyers at once on one piece: one succeeds",
                "DROP CONSTRAINT",
            ),
            later("The one-statement UPDATE in place of read, compare, write; no lock, no queue"),
        ),
        replies=(_NO_LOCK,),
        weight=2,
    ),
)
