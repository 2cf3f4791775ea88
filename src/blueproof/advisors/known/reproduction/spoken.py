"""Remedies that no machine tries on made rows, and the word that each gets."""

import re

from blueproof.facts.pattern import LatePattern

_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        (
            r"(?:bigger|larger|stronger|beefier) (?:\w+ )?(?:instance|server|machine|box|db)",
            r"(?:bigger|larger|stronger|beefier) (?:\w+ )?(?:database|rds)",
            r"more (?:cpu|ram|memory|vcpus?)",
            r"scale up",
            r"upgrade (?:the |our )?(?:instance|rds|server|db)",
        ),
        "a machine twice as fast halves the time; the plan stays, and grows with the rows",
    ),
    (
        (r"redis", r"memcached?", r"cach(?:e|ing)"),
        "a cache hides the query from those who come second, and must be told of every write",
    ),
    (
        (r"partition(?:ing|ed|s)?",),
        "partitions help to drop old rows, and where every query names their key; an index reads "
        "as few rows without them",
    ),
    (
        (r"materiali[sz]ed views?",),
        "a materialized view answers with what was there at its last refresh",
    ),
    (
        (r"read replicas?",),
        "a replica runs the same plan: it takes load away, and makes no query faster",
    ),
    ((r"shard(?:ing|ed|s)?",), "shards divide the rows among servers; the index comes first"),
    (
        (r"elastic ?search", r"opensearch", r"algolia", r"meilisearch", r"typesense"),
        "a search engine is a second store to be kept the same as the first; it pays for ranking "
        "and spelling, not for this query",
    ),
    (
        (r"clickhouse", r"bigquery", r"snowflake", r"timescale(?:db)?"),
        "a store of columns pays where most of the rows are summed up, not where a few are "
        "looked up",
    ),
    (
        (r"mongo(?:db)?", r"dynamo(?:db)?", r"cassandra"),
        "another database needs the same index for the same question",
    ),
    (
        (r"kafka", r"rabbitmq", r"sqs"),
        "a queue beside the database is another system to run; the query is what is slow",
    ),
)
SPOKEN: tuple[tuple[LatePattern, str], ...] = tuple(
    (LatePattern(rf"\b(?:{'|'.join(ways)})\b", re.IGNORECASE), answer) for ways, answer in _WORDS
)
