"""Crowds that come at once: caches that end together, sockets that come back, probes under load."""

from math import prod

from blueproof.advisors.incident.figures import plain, rates, took
from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words

_REBUILD = 30  # seconds that one rebuild may take
_CACHE = words(r"\b(?:cach\w+|redis|memcached|ttl|cdn)\b")
_ENDS = words(r"\b(?:expir\w+|ttl|flush\w*|cold|restart\w*|invalidat\w+|on the hour"
              r"|every (?:hour|\d+ min\w*|minute)"
              r"|evict\w*|empty|clear(?:ed|ing)?)\b")  # fmt: skip
_PEAK = words(
    r"\b(?:spike\w*|stampede|thundering|peak\w*|burst\w*|hammer\w*|slam\w*|jump\w*|overload\w*"
    r"|time[sd]? ?-?out\w*|dies|down)\b|\b100 ?%"
)
_SOCKETS = words(r"\b(?:websockets?|socket\.?io|sockets?|sse|mqtt|signalr)\b")
_BACK = words(r"\b(?:reconnect\w*|thundering|storm|all (?:at once|clients)|disconnect\w*)\b")
_K8S = words(r"\b(?:k8s|kubernetes|eks|gke|aks|pods?|kubectl|deployment)\b")
_PROBE = words(r"\b(?:liveness|readiness|probes?|health ?checks?|unhealthy)\b")
_KILLED = words(r"\b(?:restart\w*|kill\w*|crashloop\w*|flap\w*|cascad\w*)\b")
_LOAD = words(r"\b(?:load|peak\w*|traffic|spike\w*|busy|under)\b")
_THROTTLED = words(
    r"\b(?:throttl\w+|cfs|cpu limits?|limits? (?:of|is) \d+m|limits?:? cpu\W{0,3}\d+m?"
    r"|cpu\W{0,3}\d{2,4}m)\b"
)
_TAIL = words(r"\bp9[59]9?\b|\btail\b|\blatenc\w+|\bslow\w*")
_FALLEN = words(
    r"\b(?:went down|goes down|is down|down again|outage|overload\w*|50[0-4]s?|storm"
    r"|kills? (?:it|us|the)|dies|died"
    r"|keeps? (?:failing|falling)|melt\w*|collaps\w+|cascad\w+)\b"
)
_MORE_PODS = words(
    r"\b(?:more|add\w*|double|extra)\b[^.?!]{0,20}\b(?:pods?|replicas?|instances?)\b"
)
_TRIES = words(r"\b(?P<n>[1-9]) (?:times|x\b|retries|more times)")
_LAYERS = 5
_RETRY = words(r"\bretr(?:y|ies|ied|ying)\b")
_AFTER = words(r"\b(?:recover\w*|came back|back up|stay(?:s|ed)? down|won'?t (?:recover"
               r"|come back)|can'?t recover"
               r"|kept (?:failing|falling)|falls over again|metastable|amplif\w+|storm"
               r"|times (?:the )?(?:normal )?(?:traffic|load))\b")  # fmt: skip


def _no_more_pods(text: str) -> str:
    """What is said of more pods, where somebody wants them."""
    return "More pods only thin it out." if _MORE_PODS.search(text) else ""


def _multiplied(text: str) -> str:
    """What layers that each try again make of the usual calls."""
    layers = [1 + int(found["n"]) for found in _TRIES.finditer(text)][:_LAYERS]
    if not layers:
        return ""
    most = prod(layers)
    told = rates(text)
    usual = (
        f", so {told[0].quote} become up to {plain(told[0].per_second * most)} a second"
        if told
        else ""
    )
    return f"Yours: up to {' x '.join(map(str, layers))} = {most} calls of one{usual}."


def _crowd(text: str) -> str:
    """How many rebuilds run at once: requests a second times the seconds of one."""
    told, each = rates(text), [t for t in took(text) if t.seconds <= _REBUILD]
    if not told or not each:
        return ""
    rate, one = max(told, key=lambda r: r.per_second), each[-1]
    return (
        f"Yours: {rate.quote} x {one.quote} = {plain(rate.per_second * one.seconds)} of the same "
        "statement at once when it ends."
    )


KNOWN = (
    Known(
        signs=(_CACHE, _ENDS, _PEAK),
        unless=words(r"\bbill\b|\bhow (?:do|should) (?:i|we) (?:design|choose)"),
        entry="cache-stampede",
        first="One hot key",
        says=(
            "When the entry ends, every request that misses computes it at the same moment: the "
            "peak is as wide as one rebuild, and its height is requests a second x seconds of a "
            "rebuild. Let one rebuild it and the others get the old value, and spread the ends by "
            "a random tenth.",
        ),
        figures=_crowd,
        steps=(
            now(
                "Let one rebuild it: SET lock:homepage 1 NX PX 10000, who gets it computes, the "
                "others serve the old value, which is kept beyond its end (a soft end inside the "
                "value, the TTL of Redis twice as long)",
                "one run of that statement at each end (pg_stat_statements.calls), and no peak",
                "the plain TTL",
            ),
            later(
                "Rebuild it before its end from a job (every half of the TTL), so that no request "
                "ever computes it; a random tenth more or less on every TTL; and mend the "
                "statement itself, since an empty cache after a restart is the same peak",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:replicas?|bigger|larger|upgrade|scale|more)\b"),
                says="No: the same crowd reaches the replica at the same moment; it is one "
                "statement too many hundred times, not too little database.",
            ),
        ),
        weight=3,
    ),
    Known(
        signs=(
            _SOCKETS,
            _BACK,
            words(
                r"\b(?:deploy\w*|restart\w*|releas\w+|down|outage|spike\w*|overload\w*|crash\w*)\b"
            ),
        ),
        unless=words(r"\bmemory\b|\bheap\b|\bleak"),
        entry="websocket-reconnect-storm",
        first="reconnect at once",
        steps=(
            now(
                "In the client before the release: full jitter, a random wait between 0 and "
                "min(60 s, 1 s x 2^tries) before each try, the first one too (socket.io: "
                "reconnectionDelay 1000, reconnectionDelayMax 60000, randomizationFactor 1)",
                "connections a second after a restart in staging: a plateau over a minute, no peak",
                "the old delays",
            ),
            now(
                "In the server: replace one node at a time, and on SIGTERM close 1 to 2 % of the "
                "sockets a second (stop timeout above that); limit accepted handshakes a second "
                "(nginx limit_req with 503 before the sign-in)",
                "the sign-in service sees no more calls a second than on a busy minute",
                "the old stop",
            ),
            later(
                "Check a signed token in the socket server itself, so that a reconnect costs the "
                "sign-in service nothing, and resume by the last message's id instead of "
                "loading all",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:more|add\w*|scale)\b"),
                says="No: the crowd is the same, and it asks the same sign-in service.",
            ),
        ),
        says=(
            "All clients of an instance come back in the same second, each with a handshake, a "
            "sign-in and a load of state: full jitter in the client (a random wait up to 60 s) and "
            "a slow close in the server (some per cent a second) spread it; more servers do not.",
        ),
        weight=4,
    ),
    Known(
        signs=(_K8S, _PROBE, _KILLED, _LOAD),
        entry="k8s-liveness-under-load",
        first="Under load",
        says=(
            "The liveness probe kills pods that are only busy, and the rest get their load and are "
            "killed next: liveness must only say that the process lives, with time enough "
            "(timeoutSeconds 5, failureThreshold 6); being too busy is readiness' matter.",
        ),
        weight=4,
    ),
    Known(
        signs=(_K8S, _THROTTLED, _TAIL),
        entry="k8s-runtime-sees-whole-node",
        first="Go before",
        says=(
            "A CPU limit is a budget for each 100 ms: once it is spent, all threads stand still "
            "until the next, so a pod at 30 % on average can wait at its p99. Take the limit away "
            "(keep the request) or raise it above the burst, and let the runtime have as many "
            "threads as the limit has cores.",
        ),
        causes=(
            Cause(
                cause="The container is throttled: its budget of 100 ms is spent",
                look="rate(container_cpu_cfs_throttled_periods_total[5m]) / "
                "rate(container_cpu_cfs_periods_total[5m]), or nr_throttled in "
                "/sys/fs/cgroup/cpu.stat twice a minute apart",
                shows="more than 5 % of the periods",
            ),
            Cause(
                cause="The runtime starts as many threads as the node has cores",
                look="runtime.GOMAXPROCS(0), or the workers in the log at start",
                shows="the cores of the node, not those of the limit",
            ),
            Cause(
                cause="Pauses of the collector, or a call that is slow only at times",
                look="GODEBUG=gctrace=1 (or the GC log) and traces of requests above 500 ms",
                shows="collections, or one span, at the same moments",
            ),
        ),
        steps=(
            now(
                "Above 5 % remove resources.limits.cpu from one deployment (the request stays) and "
                "compare p99 for an hour",
                "throttled periods near 0, and p99 falls with it; if p99 stays, it is not this",
                "the limit again",
            ),
            later(
                "Requests at what is used at the peak, GOMAXPROCS or -XX:ActiveProcessorCount by "
                "the limit where one stays"
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:more|add\w*|scale)\b[^?]{0,20}\bpods?"),
                says="Not first: each has the same budget; more of them thin the load out and "
                "hide it at that price.",
            ),
        ),
        figures=_no_more_pods,
        weight=4,
    ),
    Known(
        signs=(_RETRY, _AFTER, _FALLEN),
        unless=words(r"\bwebhook|\bdead[- ]?letter|\bcharg\w+ twice"),
        entry="websocket-reconnect-storm",
        first="retry at the same",
        says=(
            "The retries are the load now: each layer that tries again multiplies the calls, and "
            "what has to recover gets more than it had before it fell. Shed first, so that what is "
            "let in is answered: then let it back in steps.",
        ),
        figures=_multiplied,
        causes=(
            Cause(
                cause="Retries of several layers multiply the calls",
                look="calls a second that reach what is down, beside requests a second of "
                "your users",
                shows="several times as many as usual for the same users, and few answered",
            ),
            Cause(
                cause="What is down cannot bear even the usual load now (a cold cache, a lost "
                "node)",
                look="its processor, queue and cache hits once the retries are off",
                shows="it is full at the usual number of calls",
            ),
        ),
        steps=(
            now(
                "Turn the retries off or to one (a flag, or at the edge: answer 503 with "
                "Retry-After to half or more of the calls, the least important first), let what "
                "is down come back, then let 10 %, 25 %, 50 %, 100 % in",
                "answered calls a second rise while calls a second fall",
                "raise the share",
            ),
            later(
                "Retry in one layer only, at most 2 times, with full jitter; a retry budget (at "
                "most a tenth of the calls may be tries more); a circuit breaker; deadlines that "
                "are handed on, so that nobody works for a caller who has left",
                "kill the dependency in staging: calls to it do not exceed 1.1 times the usual",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:more|add\w*|scale\w*)\b"),
                says="Not while the storm lasts: new instances get the same retries, and more of "
                "them open more connections.",
            ),
        ),
        weight=3,
    ),
)
