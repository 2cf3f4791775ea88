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


def mends(brief: Brief) -> Files | None:
    """The files that the request asks to be mended; None where it asks for something else."""
    if not any(d.role == "delivery" for d in brief.documents):
        return None
    text = brief.request
    if not (_ABOUT.search(text) and _MENDS.search(_SUPPOSED.sub(" ", text))):
        return None
    found = files_of(brief)
    only_image = not found.workflows and not found.policies
    if _NEW.search(text) or (only_image and not found.images):
        return None
    if only_image and deploys(brief):  # an image is handed over for what is to be built around it
        return None
    return found if found.faults else None
