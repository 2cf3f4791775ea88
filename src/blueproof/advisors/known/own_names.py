"""The person's own names in a command: cluster, service, deployment, namespace, function, app.

A command that names another host or none at all costs minutes in the middle of an incident.
"""

import re

from blueproof.facts.pattern import LatePattern

_NAME = r"[`'\"]?(?P<name>[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*)[`'\"]?"
_COMPOUND = r"[`'\"]?(?P<name>[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)[`'\"]?"
_ANY = frozenset({"NAMESPACE"})  # whose noun stands before a name only
_HOME = frozenset("prod production staging live main default".split())  # of clusters
_NO_NAME = frozenset(
    "is was has and or in on for we it the with that which per level read-only third-party "
    "long-running multi-tenant end-to-end back-end front-end real-time open-source cross-region "
    "single-node multi-az self-hosted e-commerce event-driven user-facing "
    "high-traffic customer-facing internal-only always-on on-prem two-node three-node "
    "in-house pre-prod public-facing".split()
)
_BESIDE = re.compile(r",?\s+(?:in\s+)?(?:the\s+)?(?:namespace|ns|cluster)\s\w", re.IGNORECASE)
_CALLED = r"(?:\s+(?:is |was )?(?:called|named)|\s*[:=])?\s+|/"


def _noun(nouns: str) -> LatePattern:
    """A name behind its noun: "service checkout-api", "namespace shop", "deployment/orders"."""
    return LatePattern(rf"\b(?:{nouns})(?:{_CALLED}){_NAME}(?![\w/])", re.IGNORECASE)


def _before(nouns: str) -> LatePattern:
    """A name of several parts before its noun: "our checkout-api service"."""
    return LatePattern(rf"{_COMPOUND}\s+(?:\w+ )?(?:{nouns})\b", re.IGNORECASE)


_FORMS: dict[str, tuple[LatePattern, ...]] = {
    "CLUSTER": (_noun(r"(?:ecs |eks )?cluster"), _before("(?:ecs |eks )?cluster")),
    "SERVICE": (_noun(r"(?:ecs |cloud run )?service"), _before("service")),
    "DEPLOYMENT": (_noun("deployment|deploy"), _before("deployment|pods?")),
    "NAMESPACE": (_noun("namespace|ns"), _before("namespace")),
    "FUNCTION": (_noun("lambda|function"), _before("lambda|function")),
    "APP": (_noun("(?:heroku |fly )?app"), _before("app")),
}


def own_name(role: str, text: str) -> str:
    """The name the request gives to what plays that role; "" where it gives none.

    >>> own_name("SERVICE", "ECS (service checkout-api, cluster prod)")
    'checkout-api'
    >>> own_name("SERVICE", "the service is down")
    ''
    """
    for form in _FORMS[role]:
        for found in form.finditer(text):
            if _is_told(role, found):
                return str(found["name"])
    return ""


def _is_told(role: str, found: re.Match[str]) -> bool:
    """Whether a word is a name: of several parts, quoted, behind / : or =, or what it must be."""
    name = found["name"].lower()
    if re.search(r"[-_`'\"/:=]", found[0]):
        return name not in _NO_NAME
    if _BESIDE.match(found.string[found.end() :]):
        return name not in _NO_NAME
    return (role in _ANY and name not in _NO_NAME) or (role == "CLUSTER" and name in _HOME)


def in_own_names(command: str, text: str) -> str:
    """The command with each placeholder (CLUSTER, SERVICE, ...) that the request names filled in.

    >>> in_own_names("kubectl rollout undo deployment/DEPLOYMENT -n NAMESPACE", "namespace shop.")
    'kubectl rollout undo deployment/DEPLOYMENT -n shop'
    """
    for role in _FORMS:
        placeholder = rf"(?<!CREATE )(?<!EXECUTE )(?<!REPLACE )\b{role}\b"
        name = own_name(role, text) if re.search(placeholder, command) else ""
        if name:
            command = re.sub(placeholder, name, command)
    return command
