"""Words that wish for a query: one that is to be written, not one that is there and slow."""

from blueproof.facts.pattern import LatePattern

_THING = (
    r"(?:sql|quer(?:y|ies)|upsert|cte|select(?: statement)?|(?:update|delete|insert|select)"
    r" statement)"
)
_NO_THING = (
    r"(?! (?:layer|language|planner|engine|builder|cache|caching|performance|plan|params?|string"
    r"|optimi[sz]\w*|server|databases?|nosql|or nosql|injection|editor|migrations?|functions?\b))"
)
# "I need a query", "how do I write SQL that", "query to find customers who": a wish by its name.
_NAMED = LatePattern(
    rf"\b(?:write|writing|need|want|give me|create|craft|build|produce|generate|compose|help\w*"
    rf"|looking for|formulate|come up with|stuck (?:on|with)|how (?:do|can|would|should|to)"
    rf"|what(?:'s| is| would be)|show me|get me|send me)\b[^.?!\n]{{0,60}}?\b{_THING}\b{_NO_THING}"
    rf"|(?:^|[.!?:\n]\s*)(?:(?:an?|the|my|one|postgres\w*|some) )*(?:sql )?{_THING}"
    rf"{_NO_THING}(?: (?:to|for|that|which|wanted|needed|please|with|giving|returning)\b|:)"
    rf"|\b(?:sql|query)(?: \w+)? (?:wanted|needed|please)\b"
)
# What is wished as rows, where tables stand beside it: "select the top 3 per", "get ... for each".
_ROWS = LatePattern(
    r"(?:^|[.!?:;\n,]\s*|\b(?:please|to|i (?:need|want) to|how (?:do|can|would) (?:i|we)) )"
    r"(?:select|get|list|find|show|return|fetch|count|compute|calculate|retrieve|delete|remove"
    r"|update|insert|give me|i (?:need|want)|we (?:need|want)|for each|for every|per|which|who|how"
    r" many|(?:hourly|daily|weekly|monthly|yearly|average|median|total|running|cumulative|share)"
    r" [a-z]+|number of|revenue|top [\w]+)\b"
)
_SHAPED = LatePattern(
    r"\b(?:(?:that|who|which) (?:have|has|had|did|are|were|was|never)|(?:for|of|in) (?:each"
    r"|every)|per [a-z]+|each|top[- ]\w+|never|without|no [a-z]+ in"
    r"|daily|weekly|monthly|hourly"
    r"|running total|moving average|month over month|mom|yoy|share of|percent\w*|average|median"
    r"|total"
    r"|number of|how many|first|latest|newest|duplicates?|consecutive|missing|overlap\w*|retention"
    r"|funnel|sessions?|last \d+|more than|at least|descendants?|below|sum|count|revenue)\b"
)
_SLOW = LatePattern(
    r"\b(?:slow\w*|faster|fast(?:er)? enough|optimi[sz]\w*|speed (?:it |this |them )?up|speed up"
    r"|tune|tuning|performance|takes? (?:about |over |around |up to )?[\d.]+ ?(?:m?s\b|sec|min)"
    r"|timeouts?|times out|seq(?:uential)? scan|explain\b|(?:which|what|right|best|an?|need an?) "
    r"(?:composite |partial )?index(?:es)?|index(?:es)? (?:do|should|would|help)|load fast|latency"
    r"|bottleneck|n\+1|does(?:n't| not) (?:use|work)|wrong (?:rows|result)|why (?:is|does|do|are)"
    r"|deadlock\w*|lock(?:s|ed|ing)?)\b"
)
_OTHER = LatePattern(
    r"\b(?:data(?:base)? model\w*|design (?:a|the|me a|my) (?:schema|database|tables)|er diagram"
    r"|schema (?:for|design)|graphql|hasura|appsync|dynamo ?db|firestore|firebase|convex|mongo\w*"
    r"|cassandra|elasticsearch|redis|bigquery|snowflake|clickhouse|prisma|drizzle|typeorm|mysql"
    r"|mariadb|sqlite|sql server|oracle|row.level.security|rls|polic(?:y|ies)|should (?:i|we) use"
    r"|(?:migrate|migration|migrating)|architecture|deploy\w*|ci/cd|terraform|best practices?"
    r"|realtime|real-time|backend|(?:zero|no|without) (?:any )?downtime|maintenance window|bigint"
    r"|partition\w*|alter table|vacuum\w*|bloat|outage|incident)\b"
)
_IS_THERE = LatePattern(
    r"\bselect\b(?:(?!;).){1,400}?\bfrom\b\s+[\w.\"]+(?:\s+(?:as\s+)?\w+)?\s*"
    r"(?:where|join|left|inner|order|group|limit|;|$)|\bmy (?:current |existing )?query (?:is|:)"
)


def names_query(text: str) -> bool:
    """Whether words, without the tables beside them, say that a query is to be written.

    >>> names_query("I need a query for revenue per day"), names_query("this query is slow")
    (True, False)
    """
    return bool(_NAMED.search(text.lower())) and not _is_other(text)


def wishes_rows(text: str) -> bool:
    """Whether words that stand beside tables wish for rows, without saying "query".

    >>> wishes_rows("Get the longest streak for each user"), wishes_rows("Is this right?")
    (True, False)
    """
    plain = text.lower()
    wished = names_query(text) or (_ROWS.search(plain) and _SHAPED.search(plain))
    return bool(wished) and not _is_other(text)


# By its name alone, where no table is told at all.
_ASKED_FOR = LatePattern(
    r"\b(?:write|need|want|give me|create|looking for|how (?:do|would|can|should) (?:i"
    r"|we) write)\s+"
    r"(?:(?:me|us|a|an|the|some|one|single|sql|postgres\w*) )*(?:query|sql|queries"
    r"|select statement)\b"
)


def names_query_surely(text: str) -> bool:
    """Whether words say in so many words that a query of some shape is to be written.

    >>> names_query_surely("Write a query for the top 3 per group"), names_query_surely("SQL?")
    (True, False)
    """
    plain = text.lower()
    asked = _ASKED_FOR.search(plain) and _SHAPED.search(plain)
    return bool(asked) and not _is_other(text)


def _is_other(text: str) -> bool:
    plain = text.lower()
    return bool(_SLOW.search(plain) or _OTHER.search(plain) or _IS_THERE.search(plain))
