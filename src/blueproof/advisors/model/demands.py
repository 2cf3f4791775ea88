"""How people ask for a rule or a record of their data, in their words."""

import re

_I = re.IGNORECASE
_PRICE = r"(?:prices?|rates?|fees?|tariffs?|rents?|salar(?:y|ies)|wages?|premiums?)"
CHANGES = re.compile(
    rf"\b(?P<what>(?:[a-z]+ )?{_PRICE})\b[^.;!?]{{0,60}}?\b(?:chang(?:e|es|ed)"
    rf"|go(?:es)? up|(?:is|are|"
    r"be) (?:raised|increased|adjusted)|differ|var(?:y|ies)|ris(?:e|es)|fluctuat\w+)\b"
    rf"|\b(?:old|past|previous|historic\w*) (?P<old>{_PRICE})\b"
    rf"|\bhistory of (?:the )?(?P<of>{_PRICE})\b"
    rf"|\b(?P<hist>{_PRICE}) history\b",
    _I,
)
STAYS = re.compile(
    rf"\b{_PRICE}\b[^.;!?]{{0,30}}\bat (?:that|this|the) (?:moment|time"
    rf"|day)\b[^.;!?]{{0,30}}\b(?:stays?"
    rf"|kept|remains?|stored|saved|fixed|copied)\b|"
    rf"\b{_PRICE}\b[^.;!?]{{0,40}}\b(?:agreed|at the time|when)\b[^.;!?]{{0,40}}\b(?:stays?|kept|"
    rf"remains?|stored|saved|recorded|fixed|not change)\b|\b(?:keep|store|save|record"
    rf"|remember|freeze)"
    rf"s?\b[^.;!?]{{0,20}}\b{_PRICE}\b[^.;!?]{{0,20}}\b(?:at the time|when|on the day)\b"
    rf"|\bkeep theirs\b|\b(?:past|old|existing) (?:orders|bookings|invoices|members|customers)\b"
    rf"[^.;!?]{{0,30}}\b(?:keep|old) (?:the |their )?(?:old )?(?:{_PRICE})?",
    _I,
)
OVERLAPS = re.compile(
    r"\b(?P<what>[a-z]+)(?: of (?:one|a|the same|an) (?P<of>[a-z]+))? (?:must|may|can|should|do)"
    r"(?:n't| ?not| never) overlap(?: for (?:an?|the same|one) (?P<per>[a-z]+))?"
    r"|\b(?:no )?overlapping (?P<adj>[a-z]+)"
    r"|\bno two (?P<two>[a-z]+) (?:for|of|on|in|with|by|at) (?:the same|one|an?|any) "
    r"(?P<same>[a-z]+(?: [a-z]+)?) (?:may|can|should|must|are allowed to|ever) (?:ever )?overlap",
    _I,
)
ONE_AT_A_TIME = re.compile(
    r"\bonly one (?:(?:of them|[a-z]+) )?(?:is|may be|can be) (?:valid|active|current|in force)"
    r"|\b(?:out|used|rented|booked|lent|in use|on loan) twice at\b|\bnobody else can\b"
    r"|\bonly (?:ever )?(?:be )?(?:with|in|on|at|used by|lent to"
    r"|rented by) one [a-z]+ at (?:a|any) "
    r"(?:one )?time|\bbe (?:out |given |used |booked |lent )?(?:on|in|at|with|for|to) (?:two"
    r"|several"
    r"|more than one) [a-z]+ at (?:once|the same)|\bone [a-z]+ at a time\b|\bno(?:body| one) else\b"
    r"|\b(?:can't|cannot|can not|must not|mustn't|never) be (?:in|on|part of) (?:two|several|more "
    r"than one) "
    r"[a-z]+ (?:on|at|for|during) the same (?:day|time|date|period)"
    r"|\bone at a time\b|\bnever (?:out|used|lent|rented|booked) twice\b",
    _I,
)
TWO_OF_ONE = re.compile(
    r"\b(?P<who>[a-z]+) (?:can't|cannot|can not|may not|must not|must never|can never) [a-z]+"
    r"(?: [a-z]+)? (?:two|several|overlapping) (?P<what>[a-z]+)(?: (?:that|which) overlap"
    r"| at the same time| at once|(?<=overlapping )\b)",
    _I,
)
ALSO_FOR = re.compile(r"\band the same for (?:the )?(?P<also>[a-z]+(?: [a-z]+)?)", _I)
NESTED = re.compile(
    r"\b(?P<what>[a-z]+) (?:are|is|can be|may be) (?:nested|hierarchical|in a tree)"
    r"|\b(?:nested|hierarchical) (?P<adj>[a-z]+)|\bsub-?(?P<sub>categor(?:y|ies)|folders?|tasks?|"
    r"departments?|comments?|accounts?|locations?)\b|\brepl(?:y|ies) to (?:a|an|another"
    r"|other|each) "
    r"(?P<reply>[a-z]+)|\btree of (?P<tree>[a-z]+)|\bparent (?P<parent>[a-z]+)\b",
    _I,
)
UNIQUE_IN = re.compile(
    r"\b(?P<what>[a-z ]{2,30}?) (?:is|are|must be|has to be|have to be|should be) unique"
    r"(?: (?:per|within (?:a|the|one)|in (?:a|the|one|each)|for each|inside (?:a|the)) "
    r"(?P<per>[a-z]+(?: [a-z]+)?))?",
    _I,
)
ONE_PER = re.compile(
    r"\b(?:only |exactly |at most )?one (?P<what>[a-z]+)?(?: of a kind| of each kind)? ?per "
    r"(?P<per>[a-z]+)(?: and (?P<and>[a-z]+))?",
    _I,
)
TWICE_FOR = re.compile(
    r"\b(?P<what>[a-z]+) (?:must|may|can|should)(?:n't| ?not| never) be (?P<verb>[a-z]+) "
    r"(?:twice|more than once) (?:for|in|at|per) (?:the same|an?|one) (?P<per>[a-z]+)",
    _I,
)
ONCE_PER = re.compile(
    r"\b(?P<who>(?!each\b|every\b|an?\b|the\b)[a-z]+) (?:(?:may|can|must|should|could) )?(?:only "
    r")?[a-z]+(?: (?:an? )?[a-z]+)?"
    r"(?: from \d to \d+)?,? (?:but )?(?:only |just |at most )?once (?:per|for each|for an?|in "
    r"each) (?P<per>[a-z]+)",
    _I,
)
ANYBODY = frozenset(
    "people persons participants players students members kids children guests attendees visitors "
    "heads others".split()
)
APPEND = re.compile(
    r"\b(?:kept forever|never (?:be )?(?:changed|edited|modified|updated|overwritten)|immutable"
    r"|append[- ]only|tamper[- ]proof|not be changed)\b",
    _I,
)
HANDED = re.compile(
    r"\b(?:which|the|what|a) (?:actual |exact |concrete |specific )?(?P<what>[a-z]+)(?: "
    r"[a-z]+){0,4} (?:is|are"
    r"|gets?) (?:only )?(?:decided|"
    r"picked|chosen|assigned|allocated|selected|given|handed out)\b[^.;!?]{0,20}\b(?:when"
    r"|at|on|once"
    r"|later|by|upon|during)\b",
    _I,
)
STOCKED = re.compile(
    r"\b(?:never|no|not) more (?:[a-z]+ ){0,2}?(?:reserved|booked|rented|out|sold|promised|than)"
    r"(?: out)?(?: at once)? ?(?:than )?(?:we|they|you|i|there) (?:own|have|are)\b"
    r"|\bover-?(?:book|reserv|rent)\w*",
    _I,
)
OUT_OF_USE = re.compile(r"\b(?:repairs?|maintenance|broken|out of (?:service|order|use))\b", _I)
STATES = re.compile(
    r"\b(?:history|record|log) of (?:every|each|all) status|"
    r"\b(?:every|each|all) (?:change|changes) (?:of|to|in) (?:the |its |their )?status|"
    r"\bstatus history\b|\bhistory of (?:the |its )?(?:status|states)\b|\bstatus changes\b",
    _I,
)
MOVES = re.compile(
    r"\bevery in and out\b|\btraceab\w+\b|\btrace (?:each|every)\b"
    r"|\b(?:change|changes) the stock\b|\bnever (?:be )?(?:negative|below zero)"
    r"|\bnever go below\b|\bknown at any time\b|\balways be right\b|\bat any time\b|\bledger\b"
    r"|\bevery transaction\b",
    _I,
)
HELD = re.compile(
    r"\b(?P<what>balances?|stock|inventory|contents?|gold|coins?|credits?|points|funds|budget|owe"
    r"|quantit(?:y|ies)|level)\b",
    _I,
)
FULL = re.compile(
    r"\b(?:until (?:these|they|it|the [a-z]+) (?:are|is) full|limited (?:number|places"
    r"|seats)|maximum (?:number|size)|\b(?:if|once|when|as soon as) (?:an?|the|this|it) ?[a-z]* "
    r"is full|fully "
    r"booked|at most (?P<most>\d+) (?P<many>[a-z]+)|up to (?P<upto>\d+) (?P<several>[a-z]+)"
    r"|max(?:imum|\.)? (?P<max2>\d+) (?P<max2_of>[a-z]+)|maximum of (?P<max>\d+) "
    r"(?P<max_of>[a-z]+)|no more than (?P<nomore>\d+) (?P<than>[a-z]+))",
    _I,
)
_LANGUAGE = r"(?:english|german|french|spanish|italian|dutch|portuguese|polish|arabic|chinese)"
LANGUAGES = re.compile(
    rf"\bin {_LANGUAGE}(?:,| and| or)[^.;]*{_LANGUAGE}|\b(?:several|multiple|many|two|three|\d+) "
    r"languages\b|\btranslat(?:ed|ions?)\b|\bmultilingual\b|\blocali[sz]\w+",
    _I,
)
SOFT = re.compile(
    r"\bsoft[- ]?delet\w*|\b(?:only )?marked as deleted\b|\bnothing (?:may|must|can|is) (?:be )?"
    r"(?:ever )?(?:really |actually )?(?:deleted|removed)\b|\bnever (?:really |hard |actually )?"
    r"(?:be )?deleted\b|\bdeleted (?P<kept>[a-z]+) (?:should|must|have to|need to) (?:stay|remain|"
    r"be kept|still)\b|\bnothing (?:is|gets|must be) (?:ever )?(?:really |actually )?deleted\b",
    _I,
)
AUDIT = re.compile(
    r"\bwho changed what\b|\baudit (?:log|trail)\b|\bwho did what\b"
    r"|\bwho (?:changed|edited) (?:what|it|them)\b",
    _I,
)

DESPITE = re.compile(
    r"\b(?:even|al)?though\b[^,]{0,12}$|\beven if\b[^,]{0,12}$|\bif\b[^,]{0,12}$", _I
)
_ALL = (
    TWO_OF_ONE,
    CHANGES,
    STAYS,
    OVERLAPS,
    ONE_AT_A_TIME,
    NESTED,
    UNIQUE_IN,
    ONE_PER,
    TWICE_FOR,
    ONCE_PER,
    APPEND,
    HANDED,
    STOCKED,
    OUT_OF_USE,
    STATES,
    MOVES,
    FULL,
    LANGUAGES,
    SOFT,
    AUDIT,
)


def is_demand(clause: str) -> bool:
    """Whether words ask for a rule or a record that is known here."""
    return any(pattern.search(clause) for pattern in _ALL)
