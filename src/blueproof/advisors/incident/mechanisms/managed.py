"""Troubles that look alike everywhere and are another thing on the service that is named."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, source, words

_REFUSED = words(
    r"\boom command not allowed|\bmaxmemory\b"
    r"|\b(?:redis|elasticache|valkey)\b[^.?!]{0,30}\b(?:out of memory|memory (?:is )?full)"
)
_JOBS = words(r"\b(?:bull\w*|sidekiq|celery|resque|rq\b|horizon|queues?|jobs?|sessions?)\b")
_PUSH = words(r"\b(?:push(?:es)?|notifications?|fcm|apns)\b")
_TWICE = words(
    r"\b(?:twice|duplicat\w*|double|doubled|(?:2|two|three|several|multiple) (?:times|pushes"
    r"|notifications)|same (?:push|notification))\b"
)
_TRIGGER = words(
    r"\bondocument\w*|\bon(?:create|write|update)\b|\b(?:cloud )?functions?\b|\bfirestore\b"
    r"|\btriggers?\b"
)
_502 = words(r"\b502s?\b|\bbad gateway\b")
_UNSEEN = words(
    r"\b(?:no|nothing|without|not? (?:any )?)\b[^.?!]{0,30}\b(?:logs?|errors?|reach\w*|trace)\b"
    r"|\blogs?\b[^.?!]{0,24}\b(?:nothing|empty|clean|no errors?)|\bhealthy\b|\bhealth is fine\b"
)

_OOM = (
    Cause(
        cause="Jobs that are done, or sessions, are kept without end",
        look="redis-cli -h ENDPOINT --tls --bigkeys (on a replica if there is one), then MEMORY "
        "USAGE KEY of the largest, and INFO keyspace: expires against keys",
        shows="bull:*:completed or :failed, or one family of keys, at the top, and far fewer "
        "expires than keys",
    ),
    Cause(
        cause="The cache has keys without a TTL, which the default policy volatile-lru never takes",
        look="INFO keyspace, and --bigkeys",
        shows="cache keys at the top, and far fewer expires than keys",
    ),
)
_DOUBLED = (
    Cause(
        cause="The event was delivered again, as at-least-once delivery allows",
        look="log event.id, the message's id and each token in one line before the send, and look "
        "up one doubled push",
        shows="the same event.id twice (the same event once with two tokens of one phone: old "
        "tokens; two message ids with one text: the client wrote twice)",
    ),
    Cause(
        cause="One phone stands in the list with two tokens (reinstalled, token refreshed)",
        look="the tokens of one user who complains, with the day each was last seen",
        shows="two tokens of one installation, the older not seen for long",
    ),
    Cause(
        cause="The client retries its write under a new id, so there are two messages",
        look="two documents with the same sender and text within seconds",
        shows="such a pair for each doubled push",
    ),
)

KNOWN = (
    Known(
        signs=(_REFUSED, _JOBS, words(r"\belasticache\b|\bcache\.[a-z]\d\w*\.")),
        entry="redis-oom",
        first="Keys grow",
        says=(
            "Make room first: take the next node size (online) and delete the finished jobs. Not "
            "allkeys-lru while jobs or sessions live in it: it would delete waiting jobs and log "
            "people out, without an error. Then one instance for each use.",
        ),
        causes=_OOM,
        steps=(
            now(
                "aws elasticache modify-replication-group --replication-group-id ID "
                "--cache-node-type NEXT_SIZE --apply-immediately (a single node: "
                "modify-cache-cluster); CONFIG SET is refused on ElastiCache, its settings are in "
                "the parameter group",
                "DatabaseMemoryUsagePercentage below 70, and a job can be enqueued",
                "the old node type, once the memory used fits it",
            ),
            now(
                "Clean the finished jobs: queue.clean(3600 * 1000, 10000, 'completed') and the "
                "same for 'failed' in BullMQ, and removeOnComplete: 1000, removeOnFail: 5000 on "
                "every add; no FLUSHALL",
                "BytesUsedForCache falls; the waiting jobs are all still there",
            ),
            later(
                "Two instances: jobs and sessions with maxmemory-policy noeviction in their own "
                "parameter group, the cache with allkeys-lru and a TTL on every key"
            ),
            later(
                "aws cloudwatch put-metric-alarm on AWS/ElastiCache DatabaseMemoryUsagePercentage "
                "above 75 for 3 periods of 5 minutes (assumed levels), and on Evictions above 0 "
                "for the instance that has the jobs"
            ),
        ),
        replies=(
            Reply(
                to=words(r"\blru\b|\bpolicy\b"),
                says="No: with jobs and sessions in it, only on a cache of its own.",
            ),
            Reply(
                to=words(r"\b(?:eating|eats|takes?|taking|using|uses?|fill\w*)\b|\bwhat'?s in\b"),
                says="redis-cli --bigkeys (or --memkeys) names the largest keys of each type, "
                "MEMORY USAGE KEY the bytes of one.",
            ),
            Reply(
                to=words(r"\b(?:alert\w*|alarms?|notif\w+|monitor\w*|warn\w*|know before)\b"),
                says="By an alarm on DatabaseMemoryUsagePercentage above 75 (assumed), well before "
                "100, and one on Evictions.",
            ),
        ),
        sources=(
            source(
                "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
                "ClientConfig.RestrictedCommands.html",
                "ElastiCache refuses config, debug, save and others of the commands of Redis",
            ),
        ),
        weight=7,
    ),
    Known(
        signs=(_PUSH, _TWICE, _TRIGGER),
        unless=words(
            r"\bcron\w*|\bschedul\w+|\bsqs\b|\bexpo go\b|\bforeground\b|\bset(?:_| )?time"
        ),
        entry="functions-event-twice",
        first="delivered again",
        says=(
            "Let the function send once for each event: background functions are called at least "
            "once, so the same event may come again. Create a document named by event.id before "
            "the send, and stop when it exists.",
            "A doubled push has three usual makers, and one log line tells them apart.",
        ),
        causes=_DOUBLED,
        steps=(
            now(
                "await db.doc(`sent/${event.id}`).create({at: FieldValue.serverTimestamp(), "
                "expireAt}) before the send, and return on ALREADY_EXISTS (code 6); a TTL policy "
                "on expireAt removes them. A crash between both loses that one push, which is the "
                "lesser evil",
                "the same event.id twice in the log, one push",
                "remove the create",
            ),
            now(
                "Send each token once (new Set(tokens)), store tokens under an id of the "
                "installation so that a refreshed one replaces the old, and delete a token on "
                "messaging/registration-token-not-registered",
                "one token for each installation",
            ),
            later(
                "The client makes the message's id itself and writes with set() under it, so that "
                "a retry writes the same document; apns-collapse-id and android.notification.tag "
                "= the message's id let the phone show the second in place of the first"
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(
            _502,
            words(r"\bfastify\b"),
            words(r"\b(?:alb|elb|load balancer|target group)\b"),
            _UNSEEN,
        ),
        unless=words(
            r"\b(?:only )?(?:during|on|at) (?:every |each )?(?:deploys?|releases?|rollouts?)\b"
        ),
        entry="alb-502-bad-gateway",
        first="keep-alive",
        says=(
            "A 502 with no target status is a connection that the target closed under the request: "
            "see whether yours keeps idle connections longer than the balancer's 60 s. Fastify's "
            "own default is 72 s, which is enough, so it is keep-alive only if keepAliveTimeout is "
            "set lower, the server is your own (serverFactory) or a proxy stands between; else it "
            "is tasks that end with requests open.",
            "The minute decides: 502 spread over the day speak for keep-alive, 502 within a minute "
            "of a task's stop for the shutdown.",
        ),
        causes=(
            Cause(
                cause="Something before Fastify, or an own setting, closes idle connections early",
                look="console.log(app.server.keepAliveTimeout) in the running task, and the "
                "sidecars of the task definition",
                shows="less than 60,000, or a proxy between",
            ),
            Cause(
                cause="Tasks are stopped (deployment, scale-in, out of memory) with requests open",
                look="aws ecs describe-services --cluster CLUSTER --services SERVICE --query "
                "'services[0].events[:20]', beside the minutes of the 502 in the access log",
                shows="a task stopped or deregistered within a minute of each group of 502",
            ),
        ),
        steps=(
            now(
                "Make it explicit: Fastify({ keepAliveTimeout: 75_000, forceCloseConnections: "
                "false }) and app.server.headersTimeout = 76_000; and on SIGTERM await app.close()",
                "HTTPCode_ELB_502_Count at 0 for an hour at the usual traffic",
                "the old options",
            ),
        ),
        sources=(
            source(
                "https://github.com/fastify/fastify/blob/main/docs/Reference/Server.md",
                "keepAliveTimeout is 72000 ms (72 seconds) by default, and not applied to a server "
                "of serverFactory",
            ),
        ),
        weight=6,
    ),
)
