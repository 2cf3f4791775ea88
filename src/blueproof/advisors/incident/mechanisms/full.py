"""What is used up: connections, memory of a store, disks, file handles."""

from blueproof.advisors.incident.trouble import Known, Reply, later, now, words

_SERVERLESS = words(r"\b(?:vercel|netlify|lambdas?|serverless|cloud functions?|edge functions?)\b")
_POOL = words(
    r"\bP2024\b|\bconnection (?:pool|limit|slots?)|\btoo many (?:connections|clients)"
    r"|\bmax[_ ]?client"
    r"|\bremaining connection slots|\bconnections?\b[^.?!]{0,40}\b(?:exhaust\w*"
    r"|run(?:ning)? out|ran out|full"
    r"|maxed|timed? ?out)"
)
_NUMBER = words(r"\bwhat (?:number|value|size|should)|\bhow (?:many|high|big|large)"
                r"|\bwhich (?:number|value)"
                r"|\brais\w+|\bincreas\w+|\bbump\w*")  # fmt: skip
_POOLED = words(r"\bsupabase\b")
_REDIS = words(r"\b(?:redis|elasticache|valkey)\b")
_JOBS = words(r"\b(?:bull\w*|sidekiq|celery|queues?|jobs?|sessions?|locks?|streams?)\b")
_LOST = words(
    r"\b(?:lost|lose|losing|disappear\w*|vanish\w*|missing|gone|logged out|never ran|evict\w*)\b"
)

KNOWN = (
    Known(
        signs=(_SERVERLESS, _POOL, _POOLED),
        entry="supabase-max-clients",
        first="Serverless",
        says=(
            "No number is right for a direct connection: each instance of the function has a pool "
            "of its own, so a higher connection_limit only moves the refusal from the client's "
            "pool to the server, as yours did if it did.",
            "Send the functions through the transaction pooler (port 6543) with a small pool each; "
            "the direct address stays for migrations.",
        ),
        steps=(
            now(
                "DATABASE_URL=postgresql://USER:PASSWORD@POOLER_HOST:6543/postgres?pgbouncer=true"
                "&connection_limit=1 (3 to 5 where one instance serves several requests at "
                "once, as "
                "with Vercel's Fluid compute), DIRECT_URL with port 5432 for prisma migrate; one "
                "client on globalThis",
                "SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2: the "
                "count stays level while traffic grows",
                "the old DATABASE_URL",
            ),
            later(
                "What holds a connection long is next: SELECT pid, state, now() - xact_start, "
                "left(query, 80) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY 3 DESC; and "
                "no call of another service inside a transaction",
                "p95 of a query below 50 ms",
            ),
        ),
        replies=(
            Reply(
                to=_NUMBER,
                says="1 behind the transaction pooler, 3 to 5 where an instance "
                "serves several requests at once; more only after the queries are short.",
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(_SERVERLESS, _POOL),
        unless=words(r"\bsupabase\b|\brds proxy\b|\bpgbouncer\b|\bdynamo"),
        entry="postgres-slots-reserved",
        first="Each serverless",
        says=(
            "Each instance of the function holds a pool of its own, so how many run at once times "
            "that pool is what the database is asked for: put a pooler between (RDS Proxy, "
            "PgBouncer in transaction mode, the host's own), 1 connection for each function, and "
            "let no one raise the pool.",
        ),
        steps=(
            now(
                "Lower the pool of each function to 1 and cap how many run at once (reserved "
                "concurrency) at four fifths of max_connections until the pooler stands",
                "SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY "
                "1, 2, 3 ORDER BY 4 DESC: below max_connections at the peak",
                "the old pool",
            ),
            later(
                "The pooler between, with the functions' address pointing to it, the direct one "
                "for migrations only"
            ),
        ),
        replies=(
            Reply(
                to=_NUMBER,
                says="1 for each function; the pooler has the rest: about twice the "
                "database's cores.",
            ),
        ),
        weight=3,
    ),
    Known(
        signs=(_REDIS, _JOBS, _LOST),
        unless=words(r"\bsqs\b|\brabbit"),
        entry="redis-keys-evicted",
        first="eviction policy runs",
        says=(
            "A Redis that holds jobs, locks or sessions beside a cache and is full removes keys by "
            "its policy, and no error says so: look at evicted_keys first.",
        ),
        weight=2,
    ),
    Known(
        signs=(
            words(r"\b(?:replication slots?|slot|debezium|wal)\b"),
            words(r"\b(?:disk|storage|free space|no space)\b"),
            words(
                r"\b(?:full|grow\w*|fill\w*|run(?:ning)? out|shrink\w*|dropp?\w*|decreas\w+|gone)\b"
            ),
        ),
        entry="postgres-slot-fills-disk",
        first="The reader of the slot is gone",
        says=(
            "A replication slot whose reader is gone or stuck keeps all WAL from its position on, "
            "without a limit by default, until the disk is full.",
        ),
        steps=(
            now(
                "SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), "
                "restart_lsn)) FROM pg_replication_slots ORDER BY 3 DESC; end what is inactive and "
                "needed by nobody: SELECT pg_drop_replication_slot('NAME'). Enlarge the volume if "
                "less than an hour is left; never delete files in pg_wal",
                "free space grows after the next checkpoint",
                "the reader needs a new snapshot",
            ),
            later(
                "max_slot_wal_keep_size below the free disk, a heartbeat table for the reader, "
                "and an alarm on the bytes that each slot holds"
            ),
        ),
        weight=4,
    ),
    Known(
        signs=(
            words(
                r"\bemfile\b|\btoo many open files\b|\bulimit\b|\beaddrnotavail\b"
                r"|\bephemeral ports?\b|\btime_wait\b"
            ),
        ),
        unless=words(r"\blambda\b"),
        entry="socket-hang-up",
        first="new connection",
        says=(
            "Handles or ports are used up because connections are opened for each call and not "
            "reused: keep one client with keep-alive for each service, close what is done; a "
            "higher ulimit only moves the time.",
        ),
        steps=(
            now(
                "ls /proc/PID/fd | wc -l against grep 'open files' /proc/PID/limits; ss -tan | awk "
                "'{print $1, $5}' | sort | uniq -c | sort -rn | head names the far side; then "
                "restart, which frees them, and raise LimitNOFILE to gain time",
                "the count of handles stays level over an hour",
                "",
            ),
            later(
                "One agent with keepAlive for each far side, made once and not in the handler; an "
                "alarm at 80 % of the limit"
            ),
        ),
        weight=3,
    ),
)
