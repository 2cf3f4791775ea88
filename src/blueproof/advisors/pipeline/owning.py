"""Whether a request is about a delivery that is there, whose files were handed over."""

import re

from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.pipeline.files import Files, files_of
from blueproof.core.brief import Brief

_ABOUT = re.compile(
    r"\b(?:workflows?|pipelines?|deploy\w*|releas\w+|ci|cd|builds?|images?|dockerfiles?|docker"
    r"|containers?|actions?|oidc|trust polic\w+|assumerole\w*|ship\w*|went live|rollouts?)\b",
    re.IGNORECASE,
)
_MENDS = re.compile(
    r"\b(?:wrong|fix\w*|fails?|failing|failed|broken|breaks?|errors?|review|check|audit|improv\w+"
    r"|slow\w*|faster|speed|why|not authorized|denied|refused|mistakes?|problems?|issues?|secure"
    r"|security|old one|stale|harden|clean ?up|look at|feedback|overtook|overtak\w+|optimi[sz]e"
    r"|pls|takes? \d+ ?(?:min|s|m)\w*)\b",
    re.IGNORECASE,
)
# What is wished for the day on which something fails is no fault that is there.
_SUPPOSED = re.compile(
    r"\b(?:if|when(?:ever)?|once|in case) (?:\w+(?:'s)? ){0,3}?"
    r"(?:broken|breaks?|fails?|failed|failing|goes wrong|wrong|errors?|problems?|issues?)\b"
    r"|\bwithout (?:\w+ ){0,2}(?:problems?|issues?|errors?)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:move|migrate|bring|set ?up|deploy (?:this|it|our|my|the)|we need (?:a )?(?:ci|pipeline)"
    r"|want (?:a )?(?:ci|pipeline)|build (?:me |us )?a (?:pipeline|ci))\b",
    re.IGNORECASE,
)

# A judgement of infrastructure code or of a pipeline that was handed over.
_JUDGES = re.compile(
    r"\b(?:review\w*|check\w*|audit\w*|feedback|look (?:at|over|through)|wrong|mistakes?|missing"
    r"|improv\w+|holes?|problems?|issues?|risks?|secure|security|harden|roast|sane|sensible|safe"
    r"|ready for prod\w*|prod\w*[- ]ready|(?:is|are|does|do) (?:this|these|it|that|my|our) "
    r"(?:\w+ ){0,4}(?:ok|okay|fine|good|right|correct|look|safe|hold)|before (?:i|we) "
    r"(?:apply|merge|deploy|ship|roll|go|run)|what(?:'s| is| would you) (?:\w+ ){0,3}(?:change|bad)"
    r"|fails?|failing|failed|broken|breaks?|errors?|refused|denied|why|worr\w+|fix\w*"
    r"|thoughts|too many \w+)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:terraform|tofu|opentofu|hcl|iac|infra\w*|cloudformation|cfn|sam|template|stack|serverless"
    r"|\.?tf|gitlab\w*|pipeline|yaml|yml|config\w*|setup|lambdas?|functions?|apply|deploy\w*|this"
    r"|these|attached)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:before|when|once|after|until) (?:i|we) (?:\w+ ){0,2}?(?:deploy|move|migrate|bring|ship)"
    r" (?:this|it|our|my|the|to)\b",
    re.IGNORECASE,
)


def mends(brief: Brief) -> Files | None:
    """The files that the request asks to be mended; None where it asks for something else."""
    if not any(d.role == "delivery" for d in brief.documents):
        return None
    text = brief.request
    found = files_of(brief)
    if _judges(found, text):
        return found
    if not (_ABOUT.search(text) and _MENDS.search(_SUPPOSED.sub(" ", text))):
        return None
    only_image = not found.workflows and not found.policies
    if _NEW.search(text) or (only_image and not found.images):
        return None
    if only_image and deploys(brief):  # an image is handed over for what is to be built around it
        return None
    return found if found.faults else None


def _judges(found: Files, text: str) -> bool:
    """Whether infrastructure code or a pipeline of GitLab is to be judged, with what is there."""
    if not (found.infra or found.pipelines or found.broken):
        return False
    asked = _BEFORE.sub(" before we deploy ", text)
    return bool(
        _CODE.search(asked) and _JUDGES.search(_SUPPOSED.sub(" ", asked)) and not _NEW.search(asked)
    )
