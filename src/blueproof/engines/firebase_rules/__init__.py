"""Firebase Security Rules v2, for Firestore and Storage: read, decided, linted, attacked.

Simulated by our evaluator, not Google's; see README.md for what that means.
"""

from blueproof.engines.firebase_rules.decide import decide, decide_batch
from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.requests import Decision, Query, Reason, Request
from blueproof.engines.firebase_rules.rules import Rules, read_rules

__all__ = [
    "Decision", "Query", "Reason", "Request", "Rules", "RulesError", "decide", "decide_batch",
    "read_rules",
]  # fmt: skip
