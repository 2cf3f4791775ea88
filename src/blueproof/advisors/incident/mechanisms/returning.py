"""What stays broken after its cause is gone, or comes back each day: failover, replica, storage."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words

_RDS = words(r"\b(?:rds|aurora)\b")
_NODE = words(r"\b(?:node\w*|pg|express|nest\w*|typeorm|knex|sequelize|prisma|fastify)\b")

KNOWN = (
    Known(
        signs=(
            _RDS,
            words(
                r"\bno space left on device\b|\bstorage[- ]full\b|\bfreestoragespace\b[^.?!]{0,20}"
                r"\b(?:0|zero|empty)\b|\b(?:disk|storage) (?:is |was |ran )?(?:full|out)\b"
            ),
        ),
        unless=words(r"\b(?:replication slot|debezium|cdc|docker|github actions|runner)\b"),
        entry="rds-storage-full",
        first="Temporary files",
        says=(
            "Give the instance room first: add storage (online, without a restart) and cancel the "
            "statements that write temporary files, which frees their space at once. Then see what "
            "filled it: temporary files, WAL behind a slot, or the data.",
        ),
        steps=(
            now(
                "aws rds modify-db-instance --db-instance-identifier DB --allocated-storage GIB "
                "--apply-immediately (half as much again); storage cannot be made smaller, and not "
                "be changed again for hours",
                "FreeStorageSpace rises, writes go through",
                "none: a smaller one needs a new instance",
            ),
            now(
                "SELECT pid, now() - query_start AS since, left(query, 80) FROM pg_stat_activity "
                "WHERE state = 'active' ORDER BY since DESC; then SELECT pg_cancel_backend(PID) of "
                "the sort, hash or report; no VACUUM FULL, which needs the space twice",
                "pgsql_tmp is empty again: FreeStorageSpace jumps up",
            ),
            later(
                "temp_file_limit (5242880 kB = 5 GB, assumed) and log_temp_files in the parameter "
                "group, storage autoscaling with a maximum, and an alarm on FreeStorageSpace "
                "below 15 % (assumed)"
            ),
        ),
        causes=(
            Cause(
                cause="One statement or report spills to temporary files",
                look="SELECT datname, temp_files, pg_size_pretty(temp_bytes) FROM pg_stat_database "
                "ORDER BY temp_bytes DESC, twice a minute apart, and the shape of "
                "FreeStorageSpace",
                shows="gigabytes a minute, and a fall within minutes that comes back when it ends",
            ),
            Cause(
                cause="WAL is kept for a replication slot that nobody reads",
                look="SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff("
                "pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots",
                shows="an inactive slot with gigabytes",
            ),
            Cause(
                cause="The data has grown to what was allocated",
                look="FreeStorageSpace over 30 days",
                shows="a straight line down",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:again|prevent|future|avoid)\b"),
                says="By storage autoscaling with a maximum, a temp_file_limit, and an alarm on "
                "FreeStorageSpace long before 0.",
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(
            words(r"\bfail(?:ed)?[- ]?over\b|\bfailed over\b"),
            words(
                r"\b(?:didn'?t|did not|not|never) (?:recover|reconnect|come back)\w*|\buntil we "
                r"(?:restart|redeploy)\w*|\bread-only transaction|\bcannot execute \w+ in a read"
            ),
            _NODE,
        ),
        entry="rds-failover-dns",
        first="",
        says=(
            "The pool kept the connections it had: the name points to the new primary, but an open "
            "connection stays where it was, half dead (terminated) or on the old primary that is "
            "read-only now. Drop a connection on such an error, and let an old one end by its age.",
            "Next time, until that is out: restart the tasks at once, which is what cured it.",
        ),
        causes=(
            Cause(
                cause="Old connections are used again and again after the failover",
                look="SELECT pg_is_in_recovery(), inet_server_addr() from the running app, beside "
                "dig +short of the endpoint",
                shows="true, or another address than the endpoint's",
            ),
            Cause(
                cause="The runtime or a library keeps the resolved address",
                look="new connections in the log after the failover, and the address they went to",
                shows="new connections to the old address (a cached lookup, or an IP in the URL)",
            ),
        ),
        steps=(
            now(
                "new Pool({ keepAlive: true, connectionTimeoutMillis: 3000, query_timeout: 10000, "
                "idleTimeoutMillis: 10000, maxLifetimeSeconds: 300 }), pool.on('error', log), and "
                "on 25006 (read-only) or 'Connection terminated' client.release(true), which "
                "destroys it, then one try more",
                "aws rds reboot-db-instance --db-instance-identifier DB --force-failover in "
                "staging: the app is back within a minute of the database, with no restart",
                "the old options",
            ),
            now(
                "A readiness check that runs INSERT or SELECT NOT pg_is_in_recovery() through the "
                "pool, with a limit of some failures, so that the platform replaces a task that "
                "does not recover; not on one slow answer, or a failover ends all tasks at once",
                "a task with a dead pool is replaced within two minutes",
            ),
            later(
                "RDS Proxy in front, which keeps client connections through a failover and sends "
                "them to the new primary; a failover exercise each quarter"
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(
            words(r"\breplica\w*|\bstandby\b"),
            words(r"\b(?:lag|behind|delay)\b"),
            words(
                r"\bmax_standby_streaming_delay\b|\bhot_standby_feedback\b|\breports?\b|\blong "
                r"(?:running )?quer\w+|\bevery (?:day|night|hour)|\bdaily\b"
            ),
            words(r"\b(?:cause|why|find|recover\w*|grows?|goes up|climbs?|up to|spikes?)\b"),
        ),
        unless=words(r"\bmysql\b|\bmariadb\b|\blogical replication|\bdebezium|\bmongo\w*"),
        entry="postgres-replication-lag",
        first="A query on the standby",
        says=(
            "Two things make a replica lag for a while and catch up: a query there that replay has "
            "to wait for, or more WAL than it can replay. One look in that window tells which: is "
            "replay standing still (its position does not move) or moving and too slow?",
            "hot_standby_feedback prevents conflicts with vacuum only, not with locks of DDL, "
            "TRUNCATE or of vacuum that cuts off the end of a table.",
        ),
        causes=(
            Cause(
                cause="Replay waits for a query on the replica",
                look="on the replica, twice 30 s apart in that window: SELECT "
                "pg_last_wal_replay_lsn(), now() - pg_last_xact_replay_timestamp(), then SELECT "
                "pid, now() - query_start, left(query, 80) FROM pg_stat_activity WHERE state = "
                "'active' ORDER BY 2 DESC, and SELECT * FROM pg_stat_database_conflicts",
                shows="the position stands still while one query is as old as the lag",
            ),
            Cause(
                cause="A job on the primary writes more than one process of replay can apply",
                look="TransactionLogsGeneration of the primary, and ReadIOPS, WriteIOPS and CPU of "
                "the replica in that window, beside the day before",
                shows="the position moves, WAL several times the usual, or the replica's disk full",
            ),
            Cause(
                cause="The replica is smaller than the primary, or its reports take its disk",
                look="the class and IOPS of both, and the replica's EBS balance",
                shows="a smaller class, or a balance that falls in that window",
            ),
        ),
        steps=(
            now(
                "If replay stands still: SELECT pg_cancel_backend(PID) of that query, and SHOW "
                "max_standby_streaming_delay: at 30 s no query could hold replay for longer, so "
                "look in the parameter group for a larger value or -1",
                "the lag falls within minutes",
            ),
            now(
                "If it moves and is too slow: move or slice the job that writes at that hour "
                "(batches of 5,000 with a pause), and give the replica the primary's class",
                "the lag of the next day at that hour",
            ),
            later(
                "One replica for reports that may lag, one that may not; an alarm on ReplicaLag "
                "above what its readers bear"
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(
            words(r"\bautovacuum\b"),
            words(
                r"\b(?:disabl\w*|turn(?:ing)? (?:it )?off|switch\w* (?:it )?off|never finish\w*"
                r"|runs? for (?:\w+ )?\d+ hours|takes? (?:\w+ )?\d+ hours)"
            ),
        ),
        unless=words(r"\bcannot be removed|\boldest xmin|\breplication slot"),
        entry="postgres-vacuum-behind",
        first="Workers run all the time",
        says=(
            "No, leave autovacuum on and make it faster: by default its cost limit slows it, "
            "and where its memory is too small for the dead rows it reads every index again and "
            "again. Off, the table bloats all day, and wraparound forces a vacuum at the worst "
            "hour.",
        ),
        steps=(
            now(
                "While it runs: SELECT pid, phase, heap_blks_scanned, heap_blks_total, "
                "index_vacuum_count FROM pg_stat_progress_vacuum, twice ten minutes apart: "
                "index_vacuum_count above 1 means too little memory, a slow heap_blks_scanned "
                "means the throttle",
                "which of both it is",
            ),
            now(
                "ALTER TABLE THE_TABLE SET (autovacuum_vacuum_cost_delay = 0, "
                "autovacuum_vacuum_scale_factor = 0.01), and autovacuum_work_mem to 1 GB in the "
                "parameter group (before PostgreSQL 17 more is not used); from the next run on",
                "the next run takes a fraction of the time; CPU and IOPS still have room",
                "ALTER TABLE THE_TABLE RESET (autovacuum_vacuum_cost_delay, "
                "autovacuum_vacuum_scale_factor)",
            ),
            later(
                "Make less to clean: no index on a column that changes all the time, fillfactor 85 "
                "so that updates stay in their page (n_tup_hot_upd against n_tup_upd), unused "
                "indexes dropped, old rows in partitions that are not touched"
            ),
        ),
        weight=6,
    ),
    Known(
        signs=(
            words(r"\bcrash ?loop\w*|\bpods?\b[^.?!]{0,40}\b(?:restart|crash)\w*"),
            words(r"\beconnrefused\b|\bconnection refused\b"),
            words(r"\b(?:redis|postgres\w*|mysql|rabbit\w*|mongo\w*|kafka)\b"),
        ),
        unless=words(r"\blocalhost\b|\b127\.0\.0\.1|\bnever (?:worked|started)\b"),
        entry="k8s-crashloopbackoff",
        first="The app fails",
        says=(
            "Bring back what your pods connect to; they crash only because nothing listens there, "
            "so a rollback of the app changes nothing. Either that pod is not running again, or "
            "the app has the address of the old one.",
        ),
        causes=(
            Cause(
                cause="The pod of the store is not running: its volume or node keeps it back",
                look="kubectl get pods -n NAMESPACE -o wide, and kubectl describe pod of the one "
                "that is Pending (its last events)",
                shows="Pending or ContainerCreating, with a volume that is still attached "
                "elsewhere, bound to another zone, or no node with room",
            ),
            Cause(
                cause="It runs under a new address, and the app still has the old one",
                look="kubectl get svc,endpoints -n NAMESPACE, beside the address in the error",
                shows="another IP in the endpoints than in the error: an address of a pod in the "
                "configuration, or one resolved once at the start",
            ),
        ),
        steps=(
            now(
                "If it is Pending: kubectl uncordon the node, or free the volume (kubectl get "
                "volumeattachments) and wait for the pod; if it runs: point the app to the name of "
                "the Service and kubectl rollout restart deployment/DEPLOYMENT -n NAMESPACE",
                "kubectl get endpoints shows an address, the pods are Ready",
                "the old configuration",
            ),
            later(
                "The app retries with backoff while the store is away, and is not ready in place "
                "of ending; a managed store or one with a replica that takes over, since one pod "
                "is away at each drain (a PodDisruptionBudget only holds the drain up)"
            ),
        ),
        weight=6,
    ),
)
