"""A framework with a database of one's own, put against one backend service."""

import re
from dataclasses import replace

from blueproof.core.blueprint import Conclusion
from blueproof.core.brief import Brief
from blueproof.decide.reading import needs_of

_OWN = (
    r"(?:django|(?:ruby on )?rails|laravel|symfony|fastapi|flask|nest\.?js|express(?:\.?js)?"
    r"|spring(?: boot)?|asp\.net|\.net|phoenix|adonis\w*|node(?:\.?js)?|postgres(?:ql)?"
    r"|(?:our |an? |my )?(?:own|custom) (?:\w+[ /])?(?:back[- ]?end|api|server|\w+/postgres\w*))"
)
_SERVICE = r"(?:firebase|firestore|supabase|convex|amplify|baas|back[- ]?end[- ]as[- ]a[- ]service)"
_AGAINST = (
    r"(?:\bor\b|\bvs\.?|\bversus\b|\binstead of\b|\brather than\b|\bcompared (?:to|with)\b"
    r"|\bthan\b|\bagainst\b)"
)
_PUT = re.compile(
    rf"\b{_OWN}[^.?!\n]{{0,40}}{_AGAINST}[^.?!\n]{{0,40}}\b{_SERVICE}\b"
    rf"|\b{_SERVICE}\b[^.?!\n]{{0,60}}{_AGAINST}[^.?!\n]{{0,40}}(?<!\w){_OWN}",
    re.IGNORECASE,
)


def is_put_against(brief: Brief) -> bool:
    """Whether the words put a stack of their own against one service, and no second service."""
    needs = needs_of(brief)
    named = {*needs.options, *needs.current}
    return len(named) <= 1 and bool(_PUT.search(brief.request))


# What the services bring built in, and what a database with joins and transactions is for.
_LIVE = (
    "chat", "group-chat", "realtime-sync", "presence", "typing-indicator", "offline-sync",
    "location-tracking",
)  # fmt: skip
_RELATED = (
    "booking", "payments", "subscriptions", "e-commerce", "reporting", "reviews", "multi-tenancy",
    "dashboard-counts",
)  # fmt: skip
_NAME = re.compile(rf"(?<!\w){_OWN}", re.IGNORECASE)
_CALLED = {
    "rails": "Rails", "ruby on rails": "Rails", "django": "Django", "laravel": "Laravel",
    "fastapi": "FastAPI", "flask": "Flask", "nestjs": "NestJS", "express": "Express",
    "spring": "Spring", "spring boot": "Spring Boot", "node": "Node", "nodejs": "Node",
}  # fmt: skip
_LANGUAGES = {
    "Rails": "ruby", "Django": "python", "FastAPI": "python", "Flask": "python", "Laravel": "php",
    "NestJS": "node", "Express": "node", "Node": "node", "Spring": "java", "Spring Boot": "java",
}  # fmt: skip
_KNOWN = (
    r"(?:\b(?:know\w*|only|experience\w*|comfortable|fluent|good (?:at|with)|used to|years of"
    r"|team of|our stack|write|already (?:have|use|run))\b[^.?!\n]{{0,40}}\b{own}\b"
    r"|\b{own}\b[^.?!\n]{{0,12}}\b(?:devs?|developers?|team|shop|people|engineers?|experience)\b)"
)


def with_own_stack(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion behind the side that the words speak for, in their names."""
    said = _verdict(brief) if is_put_against(brief) else ""
    return replace(conclusion, answer=f"{said} {conclusion.answer}") if said else conclusion


def _verdict(brief: Brief) -> str:
    service = re.search(rf"\b{_SERVICE}\b", brief.request, re.IGNORECASE)
    own = _NAME.search(brief.request)
    if service is None or own is None:
        return ""
    name = _CALLED.get(own[0].lower().replace(".js", "js"), "your own back end")
    features = {str(f.value): f.quote for f in brief.facts if f.key == "feature" and f.quote}
    live = next((features[f] for f in _LIVE if f in features), "")
    related = next((features[f] for f in _RELATED if f in features), "")
    other = service[0][:1].upper() + service[0][1:]
    knows = _is_known(brief.request, own[0], name)
    if live and not knows and not related:
        return f"{other}: \u201c{live}\u201d is built in there and weeks of work by hand."
    reasons = [f"your words say that you know {name}"] if knows else []
    if related and other != "Supabase":  # which is PostgreSQL itself
        reasons.append(f"\u201c{related}\u201d wants transactions and joins")
    if not reasons:
        return ""
    beside = f"{other} at most for \u201c{live}\u201d alone, beside it" if live else f"not {other}"
    return f"{name} with PostgreSQL, {beside}: {', and '.join(reasons)}."


def _is_known(request: str, own: str, name: str) -> bool:
    """Whether the words say that the team works with the framework or its language."""
    words = {own, _LANGUAGES.get(name, own)}
    return any(
        re.search(_KNOWN.format(own=re.escape(word)), request, re.IGNORECASE) for word in words
    )
