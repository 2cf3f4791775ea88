"""What fails without a word, and time-outs of gateways that no work fits into."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words

_JOB = words(
    r"\b(?:cron\w*|nightly|scheduled?|schedul\w+|backups?|batch|daily job|every (?:night"
    r"|morning|day))\b"
)
_SILENT = words(
    r"\b(?:silent\w*|didn'?t run|did not run|not run(?:ning)?|never ran|stopped running"
    r"|missed|nobody noticed"
    r"|(?:only )?noticed|found out|no one noticed|without (?:us )?(?:notic|know)\w+|unnoticed)\b"
)
_ALERT = words(
    r"\b(?:alert\w*|alarm\w*|monitor\w*|notif\w+|know|noticed?|detect\w*|find out|page)\b"
)
_GATEWAY = words(
    r"\b(?:api ?gateway|apigw|heroku|cloudflare|vercel|netlify|alb|load balancer|nginx"
    r"|cloudfront|gateway|proxy)\b"
)
_CUT = words(r"\b(?:504|524|H12|gateway time-?out|time[sd]?[- ]?out\w*|request timeout)\b")
_LONG = words(
    r"\b(?:report\w*|export\w*|import\w*|pdf|csv|generat\w+|long[- ]running|batch|convert\w*"
    r"|upload\w*)\b"
)
_TIME = words(r"\b(?:\d{2,3}\s?(?:s|sec\w*)|\d+\s?min\w*)\b")

_HEAP = words(
    r"\b(?:heap out of memory|heap limit|out of memory|oom\w*|137|memoryerror|outofmemory\w*)\b"
)
_EXPORT = words(r"\b(?:export\w*|csv|report\w*|xlsx|excel|pdf|download\w*|import\w*|upload\w*)\b")

KNOWN = (
    Known(
        signs=(
            _HEAP,
            _EXPORT,
            words(r"\b(?:rows?|users?|customers?|records?|lines?|big|large|\d+k)\b"),
        ),
        unless=words(r"\bbuild\b|\bjest\b|\bredis\b|\bmongo\w* sort"),
        entry="js-heap-out-of-memory",
        first="The server leaks or loads too much",
        says=(
            "One export holds all its rows in memory at once and takes the process with it, and so "
            "everybody else on it. Today: bound it, and let it run apart; for good: stream row by "
            "row, so that memory does not depend on the number of rows.",
        ),
        steps=(
            now(
                "Refuse or split above what fits (a LIMIT of 50,000 rows, or a month at a time), "
                "one export at a time, and in a process of its own (a worker, a second service), "
                "so that its death meets nobody else",
                "the largest customer's export fails or ends without a restart of the API",
                "the LIMIT away",
            ),
            now(
                "The heap limit at three quarters of the container (2 GB: "
                "--max-old-space-size=1536) gains time, no cure",
                "node -p 'v8.getHeapStatistics().heap_size_limit / 2**20'",
                "the flag away",
            ),
            later(
                "Stream: a cursor in steps of 1,000 rows (pg-query-stream; a server-side cursor; "
                "COPY (SELECT ...) TO STDOUT) -> csv -> gzip -> multipart upload to a bucket with "
                "pipeline(), as a job that answers 202 and mails a link",
                "process.memoryUsage().rss below 300 MB at 200,000 and at 2,000,000 rows",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(
            words(r"\bworker timeout\b|\bgunicorn\b"),
            words(r"\btime-?out\b|\bprematurely closed\b|\b50[24]\b"),
            words(
                r"\b(?:\d{2,3}\s?s(?:ec\w*)?|export\w*|report\w*|long|slow\w*|import\w*|minutes?)\b"
            ),
        ),
        unless=words(r"\bkeep-?alive|\beconnreset"),
        entry="gunicorn-worker-timeout",
        first="takes longer",
        says=(
            "gunicorn ends a sync worker that is silent for 30 s (--timeout) and nginx sees the "
            "connection break: what takes longer does not belong into the request. With few "
            "workers it is worse than one failed call: as many such requests as workers, and no "
            "page answers at all.",
        ),
        causes=(
            Cause(
                cause="The request's work takes longer than --timeout",
                look="the time between the request's start and WORKER TIMEOUT in gunicorn's log",
                shows="30 s, or what --timeout is set to, each time",
            ),
            Cause(
                cause="The worker waits for the database or another service without a time-out",
                look="py-spy dump --pid PID in second 25 of such a request",
                shows="a read of a socket at the top of the stack",
            ),
        ),
        steps=(
            now(
                "Until it is mended: --timeout 120 for this service alone, proxy_read_timeout 120s "
                "for that location, and workers (or gthread threads) enough that two such requests "
                "leave the rest free",
                "no WORKER TIMEOUT, and the other pages answer during one",
                "the old --timeout",
            ),
            later(
                "POST /exports answers 202 with an id, a worker (rq, Celery) writes the file to a "
                "bucket, the page asks every 2 to 5 s and gets a signed link; one run for each "
                "user and input by a unique key; rows streamed, not gathered in memory",
                "no request above 5 s",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:increas\w+|rais\w+|set|longer|bump)\b[^?]{0,40}\btime-?out"),
                says="For a week, for that path alone: each long request holds one of few workers.",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(_JOB, _SILENT, _ALERT),
        unless=words(r"\bbull\w*|\bgithub actions\b"),
        entry="k8s-cronjob-twice",
        first="",
        says=(
            "Alarm on the success that did not come, not on a failure: a job that never starts "
            "writes no error. Let the last line of the job report (a heartbeat), and alert when "
            "the last success is older than the period plus its usual run and a margin: for a "
            "nightly one 26 hours (assumed: a day, and two hours).",
        ),
        causes=(
            Cause(
                cause="It was not started at all (suspended, missed deadline, forbidden overlap)",
                look="kubectl get cronjob NAME -o wide, kubectl describe cronjob NAME and kubectl "
                "get events --field-selector involvedObject.name=NAME",
                shows="Suspend true, 'too many missed start times', or a job of the night before "
                "that still runs with concurrencyPolicy Forbid",
            ),
            Cause(
                cause="It started and ended without its work (an error that is caught, no rows)",
                look="the job's exit code and how many invoices it wrote",
                shows="exit 0 and none",
            ),
        ),
        steps=(
            now(
                'Prometheus: time() - kube_cronjob_status_last_successful_time{cronjob="NAME"} > '
                "26 * 3600 to Slack, and the same with absent() in case the metric is gone; or a "
                "last line curl -fsS https://hc-ping.com/UUID to a service outside that calls when "
                "no ping came by the hour after its usual end",
                "suspend the job for one night in staging: the alert comes the next morning",
                "delete the rule",
            ),
            now(
                "Count what it did and alert on that: rows written today against the same day last "
                "week, less than half is a ticket",
                "run it with an empty input: the alert comes",
            ),
            later(
                "Without on-call a missed night is a ticket at the start of the working day, with "
                "an owner by name; it pages only if the customers' deadline ends before. Make the "
                "job safe to start by hand for a date (one key for each invoice and period), "
                "startingDeadlineSeconds 3600, backoffLimit 2, activeDeadlineSeconds at three "
                "times its usual run",
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(_GATEWAY, _CUT, _LONG, _TIME),
        unless=words(r"\bworker timeout\b|\bgunicorn\b"),
        causes=(
            Cause(
                cause="The work takes longer than the gateway waits",
                look="the log of the failing calls: when the gateway answered 504, and when the "
                "work behind it ended (Lambda: Duration in the REPORT line of the same minute)",
                shows="504 after the gateway's own limit, and an end without an error after it",
            ),
            Cause(
                cause="The work waits for something that it cannot reach",
                look="the same log, for an end at all",
                shows="none, or a time-out of a connection",
            ),
        ),
        entry="api-gateway-504",
        first="The work takes longer",
        says=(
            "Do not raise the time-out, take the work out of the request: the gateway gives up "
            "(API Gateway at 29 s by default, Heroku at 30 s, an ALB at 60 s without a byte), the "
            "work goes on, and each click starts it once more. POST answers 202 with a job's id "
            "at once, a worker does it, the page asks for it every 2 to 5 s and gets a link.",
        ),
        steps=(
            now(
                "One run for each user and input: a row in jobs with a unique key (user_id, "
                "params_hash) while it runs, a second click gets the same id; grey the button out",
                "four clicks, one run",
                "drop the key",
            ),
            later(
                "POST /exports -> 202 {id}; SQS (or the queue that is there) -> worker with a "
                "time limit of its own; result in S3 with a signed link of an hour; GET "
                "/exports/{id}; a mail where it takes minutes",
                "no 504 on that path any more",
            ),
            later(
                "Then make the work shorter: see where its time goes (mostly one query, EXPLAIN "
                "(ANALYZE, BUFFERS) it)",
            ),
        ),
        replies=(
            Reply(
                to=words(
                    r"\b(?:increas\w+|rais\w+|extend\w*|longer|change"
                    r"|bump)\b[^?]{0,30}\btime-?out|time-?out\b[^?]{0,20}"
                    r"\b(?:higher|longer)"
                ),
                says="For API Gateway yes, for Regional and private REST APIs by a quota request, "
                "at the cost of throttle quota; HTTP APIs end at 30 s and Heroku at 30 s for "
                "good. It cures neither the clicks nor the waiting.",
            ),
        ),
        weight=5,
    ),
)
