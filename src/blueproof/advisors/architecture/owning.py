"""Which requests ask for an architecture on AWS as a whole.

Apart from the design itself: every request is asked this, and few need what decides.
"""

import re

from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of

# What people call the whole of it. "Set-up" or "stack" of a thing that is not the back end is not
# meant: the nouns before which such a word stands are left out below.
_WHOLE = (
    r"(?:architectures?|back[- ]?ends?|infrastructures?|infra|(?:tech|aws|cloud|whole|full|our|the)"
    r" stack|(?:system|solution|cloud|aws) design|set ?-?up|platform|system)"
)
_WISH = (
    r"(?:design\w*|architect|build|plan\w*|propose|proposal|sketch|recommend\w*|suggest\w*|draw up"
    r"|come up with|lay out|outline|describe|need|want|looking for|give (?:me|us)|help (?:me|us) with"
    r"|show (?:me|us)|advice on|advise (?:me|us)?|best|good|right|sensible|which|what|how)"
)
_JUDGE = (
    r"(?:sanity[- ]?check\w*|review|opinion|feedback|second (?:pair|opinion)|overkill|over[- ]?"
    r"engineer\w*|over[- ]?built|too (?:much|complex|big|heavy)|critique|sane|reasonable"
    r"|make sense|makes sense|roast|check)"
)
_GAP = r"(?:[^.?!\n]|\.(?=\w)){0,90}?"
_ASKS = re.compile(
    rf"\b{_WISH}\b{_GAP}\b{_WHOLE}\b"
    rf"|\b{_JUDGE}\b{_GAP}\b{_WHOLE}\b|\b{_WHOLE}\b{_GAP}\b{_JUDGE}\b"
    r"|\b(?:what|how) (?:would|should|do|could|can) (?:you|we|i|one) "
    r"(?:build|architect|design|structure|lay (?:it|this|that) out)\b"
    r"|\b(?:which|what) (?:aws |amazon )?(?:services|building blocks|components)\b"
    r"|\b(?:architect|design) (?:this|it|that|our|my|a|an|the|something)\b"
    rf"|\bmigrat\w+{_GAP}\b(?:to|into) (?:an? |the )?(?:\w+ ){{0,3}}{_WHOLE}\b"
    rf"|\b(?:turn|split|move|bring|rebuild|rewrite)\b{_GAP}\bmonolith\b{_GAP}\baws\b"
    rf"|\bmonolith\b{_GAP}\b(?:to|into|on|onto) {_GAP}\baws\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:overkill|over[- ]?engineer\w*|too much|too complex|make sense|makes sense|sane"
    r"|what would you (?:use|take|choose|do|change|pick)|instead|right (?:choice|call|size)"
    r"|enough|good idea|necessary|do we (?:really )?need)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:aws|amazon web services)\b", re.IGNORECASE)
# One part or one task, which others answer.
_OTHER = re.compile(
    r"\b(?:ci ?/ ?cd|pipelines?|github actions|gitlab|terraform (?:module|state|structure)\w*"
    r"|pulumi|cdk (?:stack|app|construct)s?|cloudformation|helm|schema|data model|tables? for"
    r"|erd?|migration files?|row[- ]level|rls|iam (?:role|polic)\w*|trust polic\w*|vpc peering"
    r"|explain analyze|stack ?trace|error|exception|fails?|failing|failed|timed? ?out|5\d\d|4\d\d"
    r"|slow(?:er|ly)?|sluggish|bottleneck|throttl\w+|cold starts?|leak\w*|crash\w*|oom"
    r"|cost explorer|invoice|our bill|reduce (?:the|our|my)|cut (?:the|our|my)|save money"
    r"|certif\w+ exam|interview|exam question|homework)\b",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset(
    "vercel netlify render fly-io railway heroku google-cloud azure digitalocean hetzner "
    "cloudflare-workers supabase firebase convex google-cloud-run cloud-run cloud-sql "
    "google-kubernetes-engine cloud-firestore appwrite pocketbase".split()
)
_FAILS = frozenset({"troubleshoot", "connections", "db-performance", "schema-migration"})
_AWS = re.compile(r"^(?:amazon|aws)(?:-|$)")
_MANY = 3  # services of AWS named together are an architecture, not a choice between two
_OUT_OF_IT = frozenset({"rejected", "negated"})


def asks_architecture(brief: Brief) -> bool:
    """Whether a whole architecture on AWS is asked for, or one that is told is to be judged."""
    if brief.documents or not is_on_aws(brief) or _is_other(brief):
        return False
    text = brief.request
    if _ASKS.search(text):
        return True
    return len(aws_services(brief)) >= _MANY and bool(_SEVERAL.search(text))


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
    if _FAILS & {*problems[:1]} or any(f.key == "pain" for f in brief.facts if _hurts(f.quote)):
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
    return bool(going & _ELSEWHERE) or bool(_OTHER.search(brief.request))


def _hurts(quote: str) -> bool:
    return bool(re.search(r"\b(?:slow|fail|error|timeout|down)\w*\b", quote, re.IGNORECASE))
