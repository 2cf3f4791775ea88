"""Which requests ask for an architecture on AWS as a whole.

Apart from the design itself: every request is asked this, and few need what decides.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from blueproof.core.brief import Brief, Fact
from blueproof.decide.reading import needs_of

# What people call the whole of it. A back end of Terraform's state, of storage or of sessions is
# none of it.
_BACK_END = r"(?<!state )(?<!storage )(?<!remote )(?<!session )(?<!cache )back[- ]?end(?!s)"
_WHOLE = (
    r"(?:architecture(?! (?:diagram|decision|center|blog|exam))s?|cloud architecture"
    rf"|(?:aws|amazon|cloud) (?:{_BACK_END}|infrastructure|infra|stack|set ?-?up|platform|design)"
    rf"|(?:{_BACK_END}|infrastructure|infra|platform|system|stack|set ?-?up) (?:on|in|with) aws"
    rf"|{_BACK_END}|(?:system|solution) design|tech stack|infrastructure)"
)
_WISH = (
    r"(?:design|architect|build|plan|propose|proposal|sketch|recommend|suggest|draw up|come up with"
    r"|lay out|outline|describe|need|want|looking for|give (?:me|us)|help (?:me|us) (?:with|design)"
    r"|show (?:me|us)|advice on|advise|best|good|right|sensible|which|what)"
)
_JUDGE = (
    r"(?:sanity[- ]?check\w*|review|opinions?|feedback|second (?:pair|opinion)|overkill|over[- ]?"
    r"engineer\w*|over[- ]?built|too (?:much|complex|big|heavy)|critique|sane|reasonable"
    r"|makes? sense|roast|check)"
)
_GAP = r"(?:[^.?!\n]|\.(?=\w)){0,70}?"
_ASKS = re.compile(
    rf"\b{_WISH}\b{_GAP}\b{_WHOLE}\b"
    rf"|\b{_WHOLE} (?:proposal|suggestions?|advice|ideas|wanted|needed|help|please)\b"
    rf"|\b{_JUDGE}\b{_GAP}\b{_WHOLE}\b|\b{_WHOLE}\b{_GAP}\b{_JUDGE}\b"
    r"|\b(?:what|how) (?:would|should|do|could|can) (?:you|we|i|one) "
    r"(?:build|architect|design|structure|lay (?:it|this|that) out)\b"
    r"|\bhow (?:would|should|could|must|does|do) (?:the|our|a|an|this|that|its?) "
    rf"{_GAP}(?:architecture|backend|system|infrastructure) (?:for this )?look\b"
    r"|\b(?:which|what) (?:aws|amazon) (?:services|building blocks|components) "
    r"(?:should|would|do|to|for|fit|are (?:right|best|needed)|you)\b"
    r"|\b(?:which|what) services (?:should|would|do) (?:we|i|you)\b"
    r"|\b(?:architect|design) (?:this|it|that|our|my|a|an|the|something)\b"
    rf"|\bmigrat\w+{_GAP}\b(?:to|into) (?:an? |the )?(?:[\w-]+ ){{0,3}}{_WHOLE}\b"
    rf"|\b(?:turn|split|move|bring|rebuild|rewrite|take)\b{_GAP}\bmonolith\b{_GAP}\baws\b"
    rf"|\bmonolith\b{_GAP}\b(?:to|into|on|onto|become)\b{_GAP}\baws\b",
    re.IGNORECASE,
)
# The whole is named in one sentence and asked for in another.
_ON_AWS = re.compile(
    r"\b(?:architecture|back[- ]?end|infrastructure) (?:on|in|with) aws\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\bwhat (?:do|would|should) (?:you|we|i) "
    r"(?:suggest|recommend|build|choose|use|pick|do|take)\b",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(r"\baws architecture\b|\barchitecture (?:on|in|with) aws\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:overkill|over[- ]?engineer\w*|too much(?! of)|too complex|make sense|makes sense|sane"
    r"|what would you (?:use|take|choose|do|change|pick)|instead|right (?:choice|call|size)"
    r"|enough|good idea|necessary|do we (?:really )?need)\b",
    re.IGNORECASE,
)
# Between two services that are proposed together, and where one of two is asked for.
_JOINED = re.compile(
    r"\s*(?:\+|,|&|\band\b|\bwith\b|\bplus\b|-+>|\u2192|/|\()+\s*"
    r"(?:\b(?:and|aws|amazon|an?|the)\b\s*)*\(?",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:or|vs\.?|versus)\b(?! (?:is|are|do|does|should|too)\b)", re.IGNORECASE)
_PRODUCT = re.compile(
    r"\b(?:for|of|building|build|launching|running|run|have|is|our|my) (?:an?|our|my|the|this)?\s?"
    r"(?:[\w-]+ ){0,4}(?:app|saas|platform|shop|store|site|service|api|system|game|marketplace"
    r"|portal|backend|product|monolith|startup|website)s?\b",
    re.IGNORECASE,
)
_MACHINES = re.compile(
    r"\b\d[\d.,]*[km]? (?:[\w-]+ ){0,2}(?:e-?)?(?:bikes|devices|sensors|meters|trackers|scooters"
    r"|vehicles|machines|gateways|stations|units|turbines|terminals|students|people|users|customers"
    r"|members|visitors|players|employees)\b",
    re.IGNORECASE,
)
STAFF = frozenset({"employee", "staff"})  # who use a tool and do not build it
_RATE = re.compile(
    r"(?<![\d$\u20ac])\b\d[\d.,]* ?(?:k|m|million|thousand)? ?(?:[a-z]{4,}s )?"
    r"(?:a|per|each|every|/) ?"
    r"(?:second|minute|hour|day|week|month|year)\b",
    re.IGNORECASE,
)
_LOADS = frozenset(
    f"scale.{name}"
    for name in (
        "requests",
        "users",
        "daily-users",
        "monthly-users",
        "messages",
        "orders",
        "writes",
        "uploads",
        "devices",
        "tenants",
        "connections",
        "rows",
        "people",
    )
) | {"rate", "users"}
_NAMED = re.compile(r"\b(?:aws|amazon web services)\b", re.IGNORECASE)
# One part or one task, which others answer, where it stands in the sentence that asks.
_OTHER = re.compile(
    r"\b(?:ci ?/ ?cd|(?:deploy\w*|build|release) pipelines?|github actions|gitlab"
    r"|terraform|pulumi|cdk (?:stack|app|construct)s?|cloudformation|helm|schema|data ?model"
    r"|tables? for|erd?|row[- ]level|rls|iam (?:role|polic)\w*|trust polic\w*|vpc peering"
    r"|stack ?trace|errors?|exception|failing|failed|timed? ?out|throttl\w+|cold starts?"
    r"|billing on|billed|allow-?listed|subnets?|route tables?|named workspaces?|single[- ]table"
    r"|slow(?:er|ly)?|sluggish|our bill|reduce (?:the|our|my)|cut (?:the|our|my)|save money"
    r"|(?:certification|aws|practice) exams?|interview|homework|logging|monitoring|alerts?"
    r"|certificates?)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^.?!\n]|\.(?=\w))+[.?!]?")
_ELSEWHERE = frozenset(
    "vercel netlify render fly-io railway heroku google-cloud azure digitalocean hetzner "
    "cloudflare-workers supabase firebase convex google-cloud-run cloud-run cloud-sql "
    "google-kubernetes-engine cloud-firestore appwrite pocketbase".split()
)
_FAILS = frozenset({"troubleshoot", "connections", "db-performance", "schema-migration"})
_AWS = re.compile(r"^(?:amazon|aws)(?:-|$)")
_OUT_OF_IT = frozenset({"rejected", "negated"})


def asks_architecture(brief: Brief) -> bool:
    """Whether a whole architecture on AWS is asked for, or one that is told is to be judged."""
    if brief.documents or not is_on_aws(brief) or _is_other(brief):
        return False
    text = brief.request
    asked = any(_ASKS.search(each) for each in _sentences(text)) or (
        _ON_AWS.search(text) and _OPEN.search(text)
    )
    if asked and _tells(brief):
        return True
    return _has_load(brief) and bool(_SEVERAL.search(text)) and _is_proposed(brief)


def _is_proposed(brief: Brief) -> bool:
    """Whether services stand side by side as one whole ("EKS + MSK + DynamoDB")."""
    services = frozenset(aws_services(brief))
    places = sorted(
        f.span for f in brief.facts if f.key == "technology" and f.span and f.value in services
    )
    joined = [
        bool(_JOINED.fullmatch(brief.request[first[1] : second[0]]))
        for first, second in pairwise(places)
    ]
    return any(joined) and not _EITHER.search(brief.request)


def _sentences(text: str) -> Iterator[str]:
    """The sentences that ask for no single part."""
    for found in _SENTENCE.finditer(text):
        if not _OTHER.search(found[0]):
            yield found[0]


def _tells(brief: Brief) -> bool:
    """Whether the words tell what it is for: a load, or a product with what it does."""
    return _has_load(brief) or bool(
        _PRODUCT.search(brief.request)
        and any(f.key == "feature" and f.role != "negated" for f in brief.facts)
    )


def _has_load(brief: Brief) -> bool:
    """Whether how much comes is told: calls, people, records, machines or files."""
    return any(_is_load(f) for f in brief.facts) or bool(
        _MACHINES.search(brief.request) or _RATE.search(brief.request)
    )


def _is_load(fact: Fact) -> bool:
    if isinstance(fact.value, str) or fact.role in {"price", "limit"}:
        return False
    flows = fact.key.startswith("scale.") and " per " in fact.unit
    return flows or fact.key in _LOADS or fact.unit in STAFF


def is_on_aws(brief: Brief) -> bool:
    """Whether it is to stand on AWS, by the name of the cloud or of two of its services."""
    return bool(_NAMED.search(brief.request)) or len(aws_services(brief)) > 1


def aws_services(brief: Brief) -> tuple[str, ...]:
    """The services of AWS that the words name, each once."""
    named = (
        str(f.value)
        for f in brief.facts
        if f.key == "technology" and f.role not in _OUT_OF_IT and f.value != "aws"
    )
    also = {"dynamodb", "kafka", "application-load-balancer", "kubernetes"}
    return tuple(dict.fromkeys(n for n in named if _AWS.match(n) or n in also))


def _is_other(brief: Brief) -> bool:
    """Whether something else is asked: a fault, a part, a delivery, another back end."""
    problems = [str(f.value) for f in brief.facts if f.key == "problem"]
    if (_FAILS & {*problems[:1]} and not _is_plain(brief.request)) or any(
        f.key == "pain" for f in brief.facts if _hurts(f.quote)
    ):
        return True
    if any(f.key == "bill" for f in brief.facts) or len(needs_of(brief).options) > 1:
        return True
    if any(f.where for f in brief.facts if f.key.startswith("service.")):
        return True  # a folder with a service is there: that is brought to AWS as it is
    going = {
        str(f.value)
        for f in brief.facts
        if f.key == "technology" and f.role in {"target", "option", "current", "mentioned"}
    }
    return bool(going & _ELSEWHERE)


def _is_plain(text: str) -> bool:
    """Whether an architecture is named as what is wanted, and nothing is told to hurt."""
    return bool(_EXPLICIT.search(text)) and not _hurts(text)


def _hurts(quote: str) -> bool:
    return bool(re.search(r"\b(?:slow|fail|error|timeout|down)\w*\b", quote, re.IGNORECASE))
