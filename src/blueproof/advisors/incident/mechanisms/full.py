"""What is used up: connections, memory of a store, disks, file handles."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words

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

_REFUSED = words(
    r"\boom command not allowed|\bmaxmemory\b"
    r"|\bredis\b[^.?!]{0,30}\b(?:out of memory|memory (?:is )?full)"
)
_JOBS_IN_IT = words(r"\b(?:bull\w*|sidekiq|celery|resque|rq\b|horizon|queues?|jobs?)")

KNOWN = (
    Known(
        signs=(
            words(r"\bconnections?\b"),
            words(
                r"\b(?:climb\w*|grow\w*|creep\w*|leak\w*|slowly|increas\w+|accumulat\w*"
                r"|pil(?:e|es|ing) up)\b"
            ),
            words(
                r"\b(?:until|unless|after)\b[^.?!]{0,30}\b(?:restart\w*|redeploy\w*"
                r"|reboot\w*)\b|\bover\b[^.?!]{0,12}\bhours?\b"
                r"|\brestart\w*\b[^.?!]{0,30}\b(?:fix\w*|help\w*|clear\w*)"
            ),
        ),
        unless=words(r"\bmemory (?:grow|climb|leak)|\bheap\b|\bfunctions?\b|\blambdas?\b"),
        entry="postgres-idle-in-transaction",
        first="An error path",
        says=(
            "Connections are taken and not given back: a level that climbs with time and falls "
            "with a restart is a leak, and no larger pool or max_connections cures it. Those that "
            "are idle in transaction began one and never ended it; what was added last (a thread, "
            "a job, an error path) is the first suspect.",
        ),
        steps=(
            now(
                "SELECT pid, application_name, client_addr, now() - xact_start AS since, "
                "left(query, 80) FROM pg_stat_activity WHERE state = 'idle in transaction' ORDER "
                "BY since DESC LIMIT 20: the last statement of each names the place in the code",
                "nearly all show the same statement",
            ),
            now(
                "Bound it today: ALTER ROLE app SET idle_in_transaction_session_timeout = '60s' "
                "(for new sessions), and end the old ones: SELECT pg_terminate_backend(pid) FROM "
                "pg_stat_activity WHERE state = 'idle in transaction' AND state_change < now() - "
                "interval '5 min'",
                "the count of sessions stays level over an hour",
                "ALTER ROLE app RESET idle_in_transaction_session_timeout",
            ),
            later(
                "Give back on every path: with Session() as session / engine.begin() (in Python), "
                "try and finally with release() (node-postgres), try-with-resources (Java); a "
                "thread of its own gets a session of its own and ends it after each turn of its "
                "loop",
                "a day without a restart, with the count level",
            ),
            later(
                "application_name for each service and thread, a bound pool with a short wait "
                "(pool_size, max_overflow, pool_timeout 5) and an alarm at 70 % of max_connections",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(_REFUSED, _JOBS_IN_IT),
        entry="redis-oom",
        first="Keys grow",
        says=(
            "Not allkeys-lru on the instance that holds the jobs: it would delete jobs that wait, "
            "without an error. Make room first: a higher maxmemory if the machine has it, and the "
            "cache's own keys out; then two instances, one for each use.",
        ),
        steps=(
            now(
                "free -m, then redis-cli CONFIG SET maxmemory 3gb if a gigabyte and more is free "
                "(writes go on at once; CONFIG REWRITE keeps it)",
                "used_memory below maxmemory in INFO memory; a job can be enqueued",
                "CONFIG SET maxmemory 2gb",
            ),
            now(
                "Take the cache out, not the jobs: redis-cli --scan --pattern 'cache:*' | xargs -L "
                "500 redis-cli UNLINK (see the prefix with redis-cli --bigkeys first; no FLUSHDB)",
                "evicted_keys stays 0, the queue's length goes on falling",
                "none: a cache is filled again, watch the database meanwhile",
            ),
            later(
                "Two instances: the cache with maxmemory and allkeys-lru, the queue with "
                "noeviction, persistence and an alarm at 75 % of memory; a TTL on every cache "
                "key; dead jobs trimmed",
                "evicted_keys 0 on the queue's instance",
            ),
        ),
        replies=(Reply(to=words(r"\blru\b|\bpolicy\b"), says="No: see above."),),
        weight=6,
    ),
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
                "DATABASE_URL with the pooler, port 6543, ?pgbouncer=true&connection_limit=1 "
                "(3 to 5 where one instance serves several requests at once, as with Vercel's "
                "Fluid compute), DIRECT_URL with port 5432 for prisma migrate; one client on "
                "globalThis",
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
                says="1 behind the transaction pooler, 3 to 5 where an instance serves several "
                "requests at once; more only after the queries are short.",
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
                says="1 for each function; the pooler has the rest: about twice the database's "
                "cores.",
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
        first="",
        causes=(
            Cause(
                cause="Connections are opened for each call and not reused or closed",
                look="ls /proc/PID/fd | wc -l twice, ten minutes apart, and ss -tan state all | "
                "awk '{print $1, $5}' | sort | uniq -c | sort -rn | head",
                shows="a count that only grows, and one far side with most of them",
            ),
            Cause(
                cause="The limit is below what so many clients need",
                look="grep 'open files' /proc/PID/limits, beside the clients at the peak",
                shows="a level count near the limit",
            ),
        ),
        says=(
            "Handles or ports are used up because connections are opened for each call and not "
            "reused: keep one client with keep-alive for each service, close what is done; a "
            "higher ulimit only moves the time.",
        ),
        steps=(
            now(
                "Restart the process, which frees them, and raise LimitNOFILE to gain time",
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
