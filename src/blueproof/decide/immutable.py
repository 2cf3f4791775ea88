"""Records that nobody may change or delete for so long, as the words ask for it."""

import re

IMMUTABLE = "immutable-records"  # the feature, and the aspect in which the options are compared
_LOCKED = (
    r"immutab\w+|unchangeable|unalterable|tamper[- ]?(?:proof|evident|resistant)|worm\b|"
    r"legal hold|object lock|write[- ]once|append[- ]only|revision[- ](?:safe|proof)|non-?erasable|"
    r"revisionssicher\w*"
)
_FORBIDDEN = (
    r"(?:(?:can|may|must)(?:not|n't| not| never)|never|nobody (?:can|may)|no one (?:can|may))\s+"
    r"(?:ever\s+)?(?:be\s+)?(?:chang|alter|edit|delet|modif|overwr|remov|tamper)\w*"
)
_RECORDS = (
    r"(?:messages?|records?|logs?|entries|audit trail|audit logs?|documents?|files?|photos?|chats?|"
    r"conversations?|transactions?|bookings?|invoices?|prescriptions?|measurements?|readings?|data|"
    r"reports?|everything|history|they)"
)
_SAID = re.compile(
    rf"\b(?:{_LOCKED})\b|\b{_RECORDS}\b[^.;?!]{{0,40}}\b{_FORBIDDEN}|"
    rf"\b(?:lock\w*)\b[^.;?!]{{0,40}}\b{_RECORDS}\b[^.;?!]{{0,40}}\b(?:years?|months?)\b|"
    rf"\b{_RECORDS}\b[^.;?!]{{0,30}}\block(?:ed)?\b[^.;?!]{{0,40}}\b(?:years?|months?)\b",
    re.IGNORECASE,
)
# Words of code and databases, not of what the law asks for.
_OF_CODE = re.compile(
    r"\b(?:immutab\w+|append[- ]only)\s+(?:state|data structures?|js|objects?|infrastructure|"
    r"functions?|stable|deployments?|image|tags?|migrations?)\b|immutable\.js|\bimmer\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|not|don'?t need|without)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_BY_OTHERS = re.compile(r"\bby (?:other|another|somebody else|others|strangers)\b", re.IGNORECASE)


def asks_immutable(text: str) -> bool:
    """Whether records are to stay as they were written, whoever wants to change them.

    >>> asks_immutable("Messages must be immutable for 10 years"), asks_immutable("immutable state")
    (True, False)
    """
    plain = _OF_CODE.sub(" ", text)
    return any(
        not _NOT.search(plain[: found.start()])
        and not _BY_OTHERS.match(plain[found.end() :].lstrip()[:30])
        for found in _SAID.finditer(plain)
    )
