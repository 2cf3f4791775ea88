"""What holds others up: locks, one slow statement, a blocked loop, a worker that waits."""

from blueproof.advisors.incident.trouble import Known, Reply, later, now, words

_MIGRATION = words(r"\b(?:migrations?|alter table|add(?:ed|ing)? (?:a |the )?(?:column"
                   r"|constraint|foreign key|index)"
                   r"|create index|drop column)\b")  # fmt: skip
_FROZE = words(
    r"\b(?:hang\w*|hung|stuck|froze|frozen|block\w*|lock(?:s|ed|ing)?|down|outage"
    r"|time[sd]?[- ]?out\w*|stall\w*"
    r"|queued?|pil(?:e|ed|ing) up|waiting)\b"
)
_RUNNING = words(
    r"\b(?:prod\w*|live|users?|everything|all (?:the )?(?:quer\w+|requests)|api|site|app"
    r"|traffic|minutes)\b"
)
_TABLE = words(r"\b(?:postgres\w*|rds|aurora|table|pg_\w+|supabase|neon)\b")
_PLAN = words(r"\bshould (?:i|we) (?:add|run|do|use|create|alter)\b|\bhow (?:do|can"
              r"|should) (?:i|we) (?:add|create|run|do|migrat\w+)"
              r"|\bwithout (?:any )?(?:downtime|lock\w*|block\w*)"
              r"|\bsafe(?:ly)?\b|\bplan\w* to\b")  # fmt: skip
_CONSTANT = words(r"\badd column\b[^.;]*\bdefault\b\s+(?:'|\d|true|false)")
_CPU_FULL = words(r"\bcpu\b[^.?!]{0,60}\b(?:100|9\d)\s?%|\b(?:100|9\d)\s?%[^.?!]{0,20}\bcpu\b"
                  r"|\bcpu (?:is |was )?(?:pegged|maxed|pinned)")  # fmt: skip
_DATABASE = words(r"\b(?:rds|postgres\w*|aurora|mysql|database|db|cloud ?sql|supabase)\b")
_LOOP = words(r"\b(?:bcrypt\w*|sync\b|readfilesync|execsync|json\.(?:parse|stringify)|pdf"
              r"|sharp|csv|excel|xlsx"
              r"|regex\w*|synchronous|event loop|html2pdf|zip|crypto|loop lag)\b")  # fmt: skip
_NODE = words(r"\b(?:node\w*|express|nest\w*|fastify|koa|next\w*)\b")
_ALL_SLOW = words(r"\b(?:all|every(?:thing)?|other|others|whole|health ?checks?|unrelated|rest)\b")


def _no_rewrite(text: str) -> str:
    """That the change itself is quick, where it is one of the catalogue only."""
    if _CONSTANT.search(text):
        return (
            "From PostgreSQL 11 on a new column with a constant default rewrites no row, so it is "
            "the wait, not the work, whatever the number of rows."
        )
    return ""


KNOWN = (
    Known(
        signs=(
            words(r"\bdeadlock\w*|\b40P01\b"),
            words(
                r"\b(?:order|orders|items?|rows?|balances?|accounts?|transfers?"
                r"|workers?|concurren\w+|batch\w*"
                r"|updat\w+)\b"
            ),
        ),
        unless=words(r"\bmysql\b|\bgap lock|\bsql server"),
        entry="postgres-deadlock",
        first="Two code paths",
        says=(
            "Two transactions lock the same rows in another order: sort what a transaction will "
            "update by its key before the first UPDATE, everywhere, and no such pair can wait for "
            "each other; what is left is tried again.",
        ),
        steps=(
            now(
                "Sort first: SELECT id FROM the table WHERE id = ANY($1) ORDER BY id FOR UPDATE "
                "(both accounts, all items of an order), then the updates; and run the "
                "whole transaction again on 40P01, at most 3 times with jitter",
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database(): the "
                "counter stands still for a day",
                "the old order",
            ),
            later(
                "Shorter transactions: no call of another service between the first and the last "
                "UPDATE; one statement for all items of an order",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\bisolation\b"),
                says="No: row locks are taken at every level; read committed is the lowest there "
                "is, and a higher one only adds failures to try again.",
            ),
            Reply(
                to=words(r"\b(?:one worker|single worker|fewer workers|back to 1)\b"),
                says="It hides it at a quarter of the speed; the order cures it.",
            ),
            Reply(
                to=words(r"\bretry\w*|\bretries\b|\btry again\b"),
                says="Yes, beside the order and not in its place: the whole transaction again, at "
                "most 3 times; PostgreSQL has undone the one that it ended.",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(_MIGRATION, _FROZE, _RUNNING, _TABLE),
        figures=_no_rewrite,
        unless=_PLAN,
        entry="postgres-alter-table-queue",
        first="A long transaction",
        says=(
            "The change of the table waits for a lock behind a long transaction, and every query "
            "that comes after it queues behind the change: cancel the change and the queue moves "
            "at once.",
        ),
        steps=(
            now(
                "SELECT pid, now() - xact_start AS since, state, pg_blocking_pids(pid), "
                "left(query, 80) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY since DESC; "
                "then SELECT pg_cancel_backend(PID_OF_THE_ALTER), not a restart, and end the "
                "transaction that blocks it only if nobody needs it",
                "no pid with a non-empty pg_blocking_pids any more",
                "nothing was changed: a cancelled ALTER rolls back",
            ),
            later(
                "Each migration begins with SET lock_timeout = '3s' and is tried again some "
                "times; indexes CONCURRENTLY; constraints NOT VALID first, VALIDATE later; no "
                "migration at the start of the application",
                "run it in staging while a transaction holds the table open: it gives up after 3 s",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:restart|reboot|failover|kill)\b"),
                says="No: cancel that one statement. A restart drops every connection and empties "
                "the cache, and the release's next try queues again.",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(
            _CPU_FULL,
            _DATABASE,
            words(
                r"\b(?:now|down|time[sd]?[- ]?out\w*|this morning|since|suddenly|incident"
                r"|prod\w*|urgent\w*|slow\w*)\b"
            ),
        ),
        unless=words(r"\bjava\b.{0,30}\b(?:gc|heap)\b"),
        entry="rds-cpu-high",
        first="One statement",
        says=(
            "First take the load off: end the statements that crowd the database and bound the "
            "next ones; a restart only empties the cache and brings the same crowd back in "
            "minutes.",
            "Then it is nearly always one statement whose plan or caller changed: the one that "
            "most sessions run at this moment.",
        ),
        steps=(
            now(
                "SELECT count(*), left(query, 80) FROM pg_stat_activity WHERE state = 'active' "
                "GROUP BY 2 ORDER BY 1 DESC LIMIT 5; then for the first of them SELECT "
                "pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query "
                "LIKE 'BEGINNING%' AND now() - query_start > interval '5 s', and ALTER ROLE app "
                "SET statement_timeout = '5s'; switch what calls it off or to a longer poll",
                "active sessions fall to about the number of vCPUs within a minute",
                "ALTER ROLE app RESET statement_timeout",
            ),
            now(
                "EXPLAIN (ANALYZE, BUFFERS) that statement with real values, and SELECT relname, "
                "last_autoanalyze, last_analyze, n_live_tup FROM pg_stat_user_tables ORDER BY 2 "
                "DESC NULLS LAST LIMIT 5: an analysis just before it began is a plan that changed "
                "(ANALYZE the table again), a Seq Scan a missing index (CREATE INDEX "
                "CONCURRENTLY), neither of both more calls (pg_stat_statements.calls)",
                "the statement below 50 ms",
                "DROP INDEX CONCURRENTLY",
            ),
            later(
                "statement_timeout for the application's role for good, pools that add up to two "
                "or three times the vCPUs, and an alarm on active sessions above the vCPUs for 5 "
                "minutes in place of one on CPU",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\brestart|\breboot"),
                says="No restart: it empties the cache, and the same statements come back.",
            ),
            Reply(
                to=words(r"\b(?:bigger|larger|upgrade|scale up|upsize|instance class)\b"),
                says="Not first: twice the vCPUs bear twice the crowd, and a statement that reads "
                "the whole table takes those, too.",
            ),
        ),
        weight=4,
    ),
    Known(
        signs=(
            _NODE,
            _LOOP,
            _ALL_SLOW,
            words(
                r"\b(?:slow\w*|hang\w*|freez\w*|time[sd]?[- ]?out\w*|block\w*|stall\w*"
                r"|unresponsive|lat\w+)\b"
            ),
        ),
        entry="node-event-loop-blocked",
        first="Heavy synchronous",
        says=(
            "One process runs one piece of JavaScript at a time: while that work computes, every "
            "other request of the process waits, health checks too, whatever the average CPU says. "
            "Move it off the loop (a worker thread or a job); awaiting it does not.",
        ),
        steps=(
            now(
                "Show it: require('perf_hooks').monitorEventLoopDelay() and log its max each 10 "
                "s, or node --cpu-prof for a minute; then limit that endpoint to one at a time "
                "and run it in a process of its own",
                "the loop's delay below 50 ms at p99 while that work runs",
                "",
            ),
            later(
                "piscina or a queue for it, the async form of each call (bcrypt.hash, not "
                "hashSync), streams in place of whole files; alarm on the loop's delay"
            ),
        ),
        weight=3,
    ),
    Known(
        signs=(
            words(r"\brabbit\w*\b|\bamqp\b"),
            words(r"\bunack\w*|\bprefetch|\bstuck\b|\bnot consum\w+|\bno messages?"),
        ),
        entry="rabbitmq-unacked-stuck",
        first="never acknowledges",
        says=(
            "A consumer gets no more than its prefetch until it acknowledges: with all of them "
            "unacknowledged the queue stands still although consumers are connected. Either the "
            "handler never acks on some path, or it waits without a time-out.",
        ),
        weight=3,
    ),
    Known(
        signs=(
            words(r"\bkafka|\bconsumer group"),
            words(r"\brebalanc\w+|\bmax\.poll|\bcommit ?failed|\bleaving group|\bkicked"),
        ),
        entry="kafka-rebalance",
        first="A batch takes longer",
        says=(
            "The group takes partitions away from a consumer that does not poll within "
            "max.poll.interval.ms (5 minutes by default), and what it had not committed is read "
            "again: fewer records a poll (max.poll.records), or the slow work elsewhere.",
        ),
        weight=3,
    ),
    Known(
        signs=(
            words(r"\b(?:replicas?|read[- ]?replicas?|standby|reader endpoint)\b"),
            words(
                r"\b(?:stale|old data|not (?:there|found|visible)|404|missing|after (?:saving"
                r"|writing|creat\w+|insert\w*|update\w*)|lag\w*|disappear\w*)\b"
            ),
        ),
        unless=words(r"\bkubernetes|\bk8s|\bpods?\b|\bdeployment replicas"),
        entry="postgres-replication-lag",
        first="A query on the standby",
        says=(
            "A read that must see what was just written goes to the primary: a replica is behind "
            "by its nature, some ms mostly and minutes under a bulk write. Send that user's reads "
            "to the primary for some seconds after a write (a cookie with the time or the LSN), "
            "the rest to the replica.",
        ),
        steps=(
            now(
                "Measure it on the replica: SELECT now() - pg_last_xact_replay_timestamp(), and "
                "ReplicaLag in CloudWatch, at the minute of a complaint; send the pages that read "
                "after a write to the primary today",
                "no complaint while the lag goes on",
                "the route back",
            ),
            later(
                "Reads by need: a list that may be 5 s old from the replica, the own record from "
                "the primary; take a replica out above 30 s of lag, and alarm on it"
            ),
        ),
        replies=(
            Reply(
                to=words(r"\bsync(?:hronous)?\b"),
                says="Synchronous replication makes each commit wait for the replica, and unless "
                "remote_apply is set a read may still miss it.",
            ),
        ),
        weight=3,
    ),
)
