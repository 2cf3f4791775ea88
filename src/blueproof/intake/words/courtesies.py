"""Greetings, thanks and excuses of a message, which say nothing of the matter."""

import re

_GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|hiya|greetings|dear|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|all|everyone|everybody|folks|team|guys|community|experts?|friends|again|r/\w+))*"
    r"(?:[,.!:\u2014-]+\s*|\s*\n+\s*|\s+(?=(?:i|i'm|we|we're|our|my|so|i've|we've)\b))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:^|(?<=[.?!)])[ \t]+|(?<=\n))[ \t]*"
    r"(?:(?:this is )?(?:my )?first (?:post|time (?:posting|poster|asking))(?: here)?"
    r"(?:,? (?:so )?(?:sorry|be (?:gentle|kind|nice))[^.?!\n]*)?"
    r"|(?:and )?sorry (?:for|about) (?:my|the) (?:bad |poor |broken )?"
    r"(?:english|long (?:post|mail|message|text)|wall of text|length|formatting|noob \w+)[^.?!\n]*"
    r"|(?:many |big )?(?:thanks|thank you|thx|tia|cheers)(?: (?:so much|a lot|very much|guys|all"
    r"|everyone|again|in advance|upfront))*(?: for (?:any|the|your)? ?(?:help|advice|time"
    r"|pointers?|input|suggestions?|tips?|answers?)[^.?!\n]*)?"
    r"|any (?:help|pointers?|input|hints?) (?:is |are |will be |would be )?(?:very |much |really "
    r"|greatly |highly )*(?:appreciated|welcome)"
    r"|(?:i )?hope (?:you(?:'re| are)?|everyone|this finds you|all is)[^.?!\n]*(?:well|good|fine"
    r"|great day)"
    r"|please (?:help|advise)(?: me| us)?)(?:[.!,]+(?=\s|$)|[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_FEWEST = 4  # words that are left of a message


def without_courtesies(request: str) -> str:
    """The request without them; the request itself where little else is in it.

    >>> without_courtesies("Hi all, our API is slow. Sorry for my english. Thanks in advance!")
    'our API is slow.'
    """
    left = _SENTENCE.sub("", _GREETING.sub("", request)).strip()
    return left if len(left.split()) >= _FEWEST else request
