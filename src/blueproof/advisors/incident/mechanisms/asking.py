"""Answers that never come or are refused on the way: load balancers, deploys, certificates."""

from blueproof.advisors.incident.trouble import Known, Reply, now, words

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

KNOWN = (
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
        weight=2,
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
            words(r"\bexpir\w+|\bnot valid\b|\bERR_CERT"),
        ),
        entry="tls-certificate-expired-or-name",
        first="expired",
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
