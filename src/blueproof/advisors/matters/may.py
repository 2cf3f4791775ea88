"""A quick look whether a request may bring a matter of security, without the table of them."""

import re

from blueproof.core.brief import Brief

MATTER = "on "  # what the slot of an answer begins with
_WORDS = re.compile(
    r"\b(?:keys?|secrets?|credentials?|passwords?|tokens?|jwts?|sessions?"
    r"|log(?:ged)? ?(?:in|out)s?|service accounts?|adminsdk|impersonat\w*|limit\w*|429"
    r"|sign(?:ed)?[- ]?(?:in|up|out)s?|auth\w*|oauth\w*|otps?|sms|leak\w*|expos\w+|commit\w*"
    r"|hack\w*|breach\w*|stolen|fraud\w*|bots?|fake|abus\w+|spam\w*|captcha|brute|stuffing|gdpr|dsgvo|ccpa"
    r"|hipaa|pci|soc|iso ?27001|phi|baa|erasure|eras\w+|delet\w+|personal data|privacy|complian\w+"
    r"|audit\w*|tamper\w*|tenants?|isolat\w+|webhooks?|signatures?|cors|origin|csrf"
    r"|buckets?"
    r"|public\w*|iam|roles?|polic\w+|permissions?|apple|residen\w+|region|pen ?test\w*|secur\w+"
    r"|safe|encrypt\w*|attack\w*|rls|mfa|2fa|passkeys?|idor|header)\b",
    re.IGNORECASE,
)


def may_be(brief: Brief) -> bool:
    """Whether it is worth reading the matters."""
    return not brief.documents and bool(_WORDS.search(brief.request))
