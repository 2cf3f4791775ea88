"""Answers that never come or are refused on the way: load balancers, deploys, certificates."""

from blueproof.advisors.incident.trouble import Cause, Known, Reply, later, now, words

_502 = words(r"\b50[24]s?\b|\bbad gateway\b|\bsocket hang ?up\b|\beconnreset\b")
_BALANCER = words(
    r"\balbs?\b|\belb\b|\bload[- ]?balancers?\b|\bnginx\b|\bingress\b|\btraefik\b|\bgclb\b"
)
_FEW = words(
    r"\b(?:intermittent\w*|sporadic\w*|random\w*|occasional\w*|sometimes|not every|a few|few)\b"
    r"|(?<![\d.])[0-5](?:\.\d+)?(?:\s?-\s?\d)?\s?%"
)
_UNSEEN = words(
    r"\b(?:nothing|no(?:t a)? (?:log|trace|error|line|entry)|never (?:reach|appear|show)\w*"
    r"|don'?t (?:see|reach)"
    r"|doesn'?t (?:see|reach|show)|not (?:in|show\w*|see\w*))\b[^.?!]{0,50}\b(?:logs?|apps?"
    r"|application)\b"
    r"|\blogs? (?:is|are|show) (?:empty|clean|nothing)|\bhealthy\b|\btarget response time\b"
)
_DEPLOY = words(
    r"\b(?:during|on|after|with|at|every|each|while"
    r"|when(?:ever)?)\b[^.?!]{0,30}\b(?:deploy\w*|releas\w+"
    r"|rollouts?|rolling update|restart\w*|scale[- ]?in)\b"
)
_SECONDS = words(r"\b(?:seconds?|sec|s|minutes?|min)\b")

_RESET = words(
    r"\b(?:econnreset|socket hang ?up|connection reset|eof|remote end closed|broken pipe)\b"
)
_REUSED = words(
    r"\b(?:keep-?alive\w*|idle|quiet|pooled|reus\w+|at night|low traffic|not correlated"
    r"|1 in \d+|sporadic\w*"
    r"|intermittent\w*|random\w*|occasional\w*)\b"
)
_SLEEPS = words(
    r"\b(?:min(?:imum)?[- ]?instances?\W{0,3}(?:=|:|is|of|at)?\s?0|scale[sd]?[- ]to[- ]zero"
    r"|auto[- ]?stop\w*|render|free (?:tier|plan|dyno)"
    r"|eco dynos?|app runner|cloud run|fly(?:\.io)?|autosuspend|auto[- ]?paus\w+|neon)\b"
)
_WAKES = words(
    r"\b(?:(?:in the|every|each|monday) mornings?|first (?:request|user|visit|load|call"
    r"|login)s?|after (?:a while|some time|\d+ min\w*|idle"
    r"|inactivity)|wak(?:es?|ing) up|spin(?:s|ning)? up|cold ?starts?|then (?:it'?s "
    r"|it is )?(?:fine|fast)"
    r"|later (?:it'?s |it is )?(?:fine|fast))\b"
)
_REWRITE = words(
    r"\b(?:rewrit\w+|django|rails|spring|language|framework|switch to go|in go|in rust)\b"
)

_MIN_HEALTHY = words(
    r"\bmin\w*[ -]?healthy\w*(?:[ -]?percent\w*)?\W{0,4}(?:of |is |at )?(?P<n>\d{1,2})\b"
)
_EXACTLY = words(r"\b(?:exactly |about |around |~)?5(?:\.0\d*)?\s?(?:s|sec\w*)\b|\b5,?0\d\d\s?ms\b")
_RARE = words(
    r"(?<![\d.])(?:[0-4](?:\.\d+)?)\s?%|\b1 (?:in|of) \d+|\b(?:sometimes|random\w*"
    r"|occasional\w*|sporadic\w*|intermittent\w*|some requests)\b"
)
_INSIDE = words(
    r"\b(?:k8s|kubernetes|eks|gke|docker|pods?|alpine|coredns|dns|hostname|container\w*)\b"
)


def _half(text: str) -> str:
    """That tasks are stopped before new ones serve, where that is told."""
    found = _MIN_HEALTHY.search(text)
    if not found:
        return ""
    return (
        f"With {found['n']} % as the least that must be healthy a part of the tasks is stopped "
        "before new ones serve: 100 % and at most 200 % start the new ones first."
    )


KNOWN = (
    Known(
        signs=(
            _EXACTLY,
            _RARE,
            _INSIDE,
            words(
                r"\b(?:hang\w*|slow\w*|latenc\w*|takes?|time[sd]? ?-?out\w*|delay\w*|stall\w*"
                r"|spikes?)\b"
            ),
        ),
        unless=words(r"\btime-?out of 5|\bafter 5 (?:retries|minutes)|\bevery 5"),
        entry="dns-enotfound",
        first="overloaded",
        says=(
            "Just 5 s on a few calls is the wait of the resolver, not of the service behind: a DNS "
            "packet is lost, and 5 s later it is asked again (the default in resolv.conf). In "
            "Kubernetes each name outside makes several lookups (ndots:5), which makes the loss "
            "likely.",
        ),
        causes=(
            Cause(
                cause="A lookup is lost and asked again after 5 s",
                look="curl -s -o /dev/null -w '%{time_namelookup} %{time_connect} "
                "%{time_total}\\n' https://HOST/, a thousand times from within such a pod",
                shows="some time_namelookup of 5 s, the rest of the call as quick as ever",
            ),
            Cause(
                cause="The connection's first packet is lost (SYN), or a pool waits",
                look="the same list: time_connect less time_namelookup (1 s, 3 s, 7 s are SYN)",
                shows="a long connect with a quick lookup",
            ),
        ),
        steps=(
            now(
                "Write the name with a final dot (host.example.com.) or set dnsConfig ndots 2 on "
                "the pod, and keep connections alive (an https.Agent with keepAlive), so that "
                "hardly any lookup is made",
                "no call of 5 s among 10,000",
                "the old dnsConfig",
            ),
            later(
                "NodeLocal DNSCache, which asks upstream by TCP, and at least two CoreDNS pods "
                "with room (coredns_dns_request_duration_seconds); a time-out of 2 s on the call "
                "itself with one try more where it carries an idempotency key",
                "p99.9 of lookups below 50 ms",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(_RESET, _REUSED),
        unless=words(
            r"\bpostgres\w*|\bredis\b|\bmysql|\bduring deploys?\b|\balb\b|\bload balancer"
        ),
        entry="socket-hang-up",
        first="kept",
        says=(
            "The client reuses a kept connection that the server is just closing because it was "
            "idle: rare, the same at any load, and more often in quiet hours, when connections "
            "idle for longer. Let the server keep idle connections longer than the client does "
            "(gunicorn keeps them 2 s by default, Node.js before 65 s became its default 5 s).",
        ),
        causes=(
            Cause(
                cause="The server's keep-alive ends before the client's",
                look="how long the socket had been idle at the error (req.reusedSocket is true in "
                "Node), beside the server's keep-alive setting",
                shows="only reused sockets, idle for about that time",
            ),
            Cause(
                cause="The process at the other end was stopped or killed",
                look="the times of the errors beside restarts and deployments of the other service",
                shows="the same minutes",
            ),
        ),
        steps=(
            now(
                "Client: close idle sockets sooner than the server does (agentkeepalive with "
                "freeSocketTimeout 1500 against gunicorn's 2 s), and try once more where "
                "req.reusedSocket is true and the error is ECONNRESET, for idempotent calls",
                "no ECONNRESET for a day",
                "the old agent",
            ),
            later(
                "Server: gunicorn with threads (gthread) and --keep-alive 75, or whatever is above "
                "the client's idle time; the sync worker keeps none alive",
                "no reset without the client's bound",
            ),
        ),
        weight=4,
    ),
    Known(
        signs=(
            _SLEEPS,
            _WAKES,
            words(
                r"\b(?:slow\w*|\d+\+?\s?s(?:ec\w*)?|seconds|minutes?"
                r"|time[sd]? ?-?out\w*|502|hangs?)\b"
            ),
        ),
        unless=words(r"\blambdas?\b|\bexpo\b"),
        entry="firebase-cold-start",
        first="",
        says=(
            "The first ones wait for a start, the later ones do not: with no instance kept, "
            "whoever comes first waits until an image is fetched, the application loaded and a "
            "connection opened. Keep one instance (Cloud Run --min-instances 1, a plan that does "
            "not sleep) at least in the hours of work.",
        ),
        causes=(
            Cause(
                cause="An instance starts for the first request",
                look="the host's log at the slow minute: for Cloud Run gcloud logging read "
                "'resource.type=cloud_run_revision AND textPayload:\"Starting new instance\"'",
                shows="a start just before each slow request",
            ),
            Cause(
                cause="The database sleeps or its connection is slow to open",
                look="the time of SELECT 1 in the first request's log, beside that of the second",
                shows="seconds in the first only",
            ),
        ),
        steps=(
            now(
                "gcloud run services update SERVICE --min-instances 1 --cpu-boost (elsewhere the "
                "plan that keeps one running)",
                "no start in the log of the next morning, and the first login as quick as the rest",
                "--min-instances 0",
            ),
            later(
                "A smaller image (slim base, several stages) and less at import time: time python "
                "-X importtime manage.py check; no migrations at the start; concurrency 40 to 80 "
                "so that a crowd does not start ten at once",
                "seconds from start to ready",
            ),
        ),
        replies=(
            Reply(to=_REWRITE, says="No: it is quick once it runs, so the language is not it."),
        ),
        weight=4,
    ),
    Known(
        signs=(_502, _BALANCER, _FEW, _UNSEEN),
        unless=words(
            r"\b(?:only )?(?:during|on|at) (?:every |each )?(?:deploys?|releases?|rollouts?)\b"
        ),
        entry="alb-502-bad-gateway",
        first="keep-alive",
        says=(
            "The application most likely closes idle connections sooner than the load balancer "
            "does: the balancer sends a request down a connection that is just being closed, "
            "answers 502 itself, and the application never sees it, so its log, its health and its "
            "response times look well. Node.js before its default became 65 s keeps them 5 s, an "
            "ALB 60 s; an nginx that stood between kept them 75 s and hid it.",
            "More tasks change nothing.",
        ),
        steps=(
            now(
                "Set the application's keep-alive above the balancer's idle timeout: Node "
                "server.keepAliveTimeout = 65_000 and server.headersTimeout = 66_000; gunicorn "
                "--keep-alive 65 (with threads); uvicorn --timeout-keep-alive 65. Until it is out, "
                "go back to the release before, if that ended it",
                "HTTPCode_ELB_502_Count falls to none while HTTPCode_Target_5XX_Count was none all "
                "along; in the balancer's access log the failed ones have elb_status 502 and no "
                "target_status (-)",
                "the old values",
            ),
        ),
        replies=(
            Reply(
                to=words(r"\b(?:more|add\w*|scale|bigger)\b"),
                says="No: each task closes its idle connections as early.",
            ),
        ),
        weight=5,
    ),
    Known(
        signs=(_502, _DEPLOY),
        unless=words(
            r"\brolled back\b|\bsince (?:the|our|my) (?:last |latest )?(?:deploy|release)"
        ),
        entry="errors-on-every-deploy",
        first="SIGTERM",
        says=(
            "What fails at each deployment are requests that still go to a process which is "
            "stopping, or already to one that is not ready: on SIGTERM go on answering until the "
            "balancer has taken the task out, then finish what is open and exit.",
        ),
        figures=_half,
        steps=(
            now(
                "On SIGTERM answer on for 15 s (a sleep in preStop or in the entrypoint's trap, "
                "then the signal to the server, which finishes what is open); see that the server "
                "is process 1 (exec form), else it never gets the signal",
                "a loop of curl over a deployment in staging: no 502, no 503",
                "the old entrypoint",
            ),
            now(
                "On ECS minimumHealthyPercent 100 and maximumPercent 200, stopTimeout 60 above the "
                "slowest request, the deregistration delay 30 to 60 s (300 s only slows the "
                "deployment), a health check each 10 s that is green only when a request can be "
                "served",
                "HealthyHostCount never below the wanted number while it rolls",
                "the old values",
            ),
            later(
                "Keep-alive of the application above the balancer's 60 s; migrations before the "
                "release and not at the start"
            ),
        ),
        weight=4,
    ),
    Known(
        signs=(
            words(r"\b(?:lambda|function|cloud functions?|cold ?starts?)\b"),
            words(r"\b(?:too many requests|throttl\w+|rate exceeded|reserved concurrency|429)\b"),
        ),
        unless=words(r"\bapi gateway\b|\bstripe\b|\bopenai\b|\bups\b|\bdynamo"),
        entry="lambda-throttled",
        first="concurren",
        says=(
            "Throttled means that more runs are wanted at once than may run: how many that is, is "
            "runs a second x seconds of each, against 1,000 of the account in a region by default "
            "or what is reserved.",
        ),
        weight=2,
    ),
    Known(
        signs=(
            words(r"\b(?:certificate|cert|tls|ssl)\b"),
            words(r"\bexpired\b|\bnot valid\b|\bERR_CERT"),
        ),
        entry="tls-certificate-expired-or-name",
        first="Renewal failed",
        says=(
            "Renew the certificate now and see that what renews it runs: an expired certificate is "
            "refused by every client at once, and no restart helps.",
        ),
        steps=(
            now(
                "Renew by hand: certbot renew --force-renewal, or reissue it at the host; then "
                "reload the server that holds it (nginx -s reload), which keeps the old one in "
                "memory",
                "openssl s_client -connect HOST:443 -servername HOST </dev/null 2>/dev/null | "
                "openssl x509 -noout -dates",
            ),
        ),
        weight=2,
    ),
)
