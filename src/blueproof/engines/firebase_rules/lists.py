"""Lists: not decided yet."""

from blueproof.engines.firebase_rules.requests import Decision, Reason, Request
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.runs import Documents


def decide_list(rules: Rules, request: Request, documents: Documents) -> Decision:
    """Not decided yet."""
    return Decision(None, (Reason(0, "undecided", "lists are not decided yet"),))
