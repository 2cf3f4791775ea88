"""The words by which a slow query shows what it does; each sign is a pattern of its own."""

import re

from blueproof.facts.pattern import LatePattern


def _sign(*alternatives: str) -> LatePattern:
    """Whole words, any of which is the sign; in any case."""
    return LatePattern(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


SLOW = _sign(
    r"slow\w*", "sluggish", "forever", "kill(?:s|ing)", "dying", r"crawl\w*", "hang(?:s|ing)?",
    "time(?:s|d)?[ -]?outs?", "timing out", "(?:speed|sped) (?:it |this )?up", "faster", "too long",
    r"optimi[sz]\w+", "cpu", "full scan", "seq(?:uential)? ?scans?", r"which index\w*",
    r"what index\w*", "(?:right|best|good|an?) index",
    r"\d[\d.,]*\+? ?(?:ms|millis\w*|s|secs?|seconds?|mins?|minutes?|hours?|hrs?)",
)  # fmt: skip
DATA = _sign(
    "tables?", "rows?", "quer(?:y|ies)", "sql", "index(?:es)?", "select", "columns?", "db",
    "database", "records?", "joins?", r"postgres\w*", "count",
)  # fmt: skip
# Where rows are filtered and sorted too, but by no index of PostgreSQL.
ELSEWHERE = _sign(
    "pandas", "dataframes?", "excel", "spreadsheets?", "csv", "spark", "elasticsearch query",
    "opensearch query", "graphql query", "duckdb", "orientdb", "neo4j", r"influx\w*", "questdb",
    "athena", "trino", "presto", "tql", "mssql", "hbase", "promql", "logql", "cloudwatch",
    "github actions",
)  # fmt: skip
# Where it is slow for another reason than the index that the query lacks.
OTHERWISE = _sign(
    r"fast (?:in|from|on|with|via) (?:psql|pgadmin|dbeaver|the console|sql editor|local\w*)",
    "index(?: only)? scan", "polic(?:y|ies)", "row[ -]level security", "rls",
    r"(?:insert|write)s?\b[^.?!]{0,20}\bslow",
)  # fmt: skip
COUNTS = LatePattern(
    # "count(*) says 2 million": counted to see how many there are
    r"\bcount\s*\((?!\s*\*?\s*\)\s+(?:says?|said|gives?|gave|shows?|tells?|comes? to)\b)"
    r"|\.count\b|\bselect count\b|\bcounting\b|\btotal count",
    re.IGNORECASE,
)
SKIPS = _sign(
    r"offset", r"page \d{2,}", r"(?:deep|last|later|far|high)\w* pages?", "deep pagination"
)
DELETES = LatePattern(
    r"\b(?:delet(?:e|es|ed|ing)|purg(?:e|es|ed|ing)|clean(?:s|ed|ing)?[ -]?up)\b[^.?!]{0,80}"
    r"(?:\bolder than\b|\bold (?:rows|data|records|logs|events)\b|<\s*(?:now|current)|\bbefore\b)",
    re.IGNORECASE,
)
TAKES = _sign(r"for\s+update(?!\s+skip)")
PASSES_LOCKED = _sign(r"skip\s+locked")
LOADED = LatePattern(
    r"\bbulk[ -]?load\w*"
    r"|\b(?:import|load|insert|migrat|restor|backfill|cop(?:y|i))(?:ed|ing)?\b[^.?!,;]{0,30}"
    r"(?:\bold data\b|\bhistor\w+\b|\b\d[\d.,]*\s*(?:M|k|million|thousand)\b)"
    # that the planner's figures are from before it: they are shown, or ANALYZE never ran
    r"|\breltuples\b[^?!]{0,60}?\b(?:says?|is|shows?|=|still|reads?)\W+\d"
    r"|\blast_(?:auto)?analyze\b[^.?!]{0,30}\b(?:empty|null|blank|never|none|nothing)\b"
    r"|\b(?:never|not|n[o']t)(?:\s+been|\s+yet|\s+once)*\s+(?:auto-?)?analy[sz]ed\b",
    re.IGNORECASE,
)
LIMIT = LatePattern(
    r"\blimit\s+(?P<a>\d+)\b|\b(?:newest|latest|last|first|top|most recent)\s+(?P<b>\d+)\b"
    r"(?!\s*(?:days?|hours?|weeks?|months?|years?|min))",
    re.IGNORECASE,
)
# Other remedies that people think of.
ASKED = _sign(
    r"(?:bigger|larger|stronger|beefier) (?:\w+ )?(?:instance|server|machine|box|db|database)",
    r"(?:upgrade|scale up)(?: (?:the|our|to))?(?: \w+)? ?(?:instance|server|db|rds|class|plan)?",
    "more (?:cpu|ram|memory|vcpus?)", "(?:raise|increase|set) work_mem", "read replicas?",
    "shard(?:ing)?", "elastic ?search", "opensearch", "algolia", "mongo(?:db)?", "rabbitmq",
    "kafka", "redis", "dynamo(?:db)?", "clickhouse", "aurora", "cassandra", "timescale(?:db)?",
    "partition(?:ing)?",
    "vacuum full", "materiali[sz]ed views?",
)  # fmt: skip
THOUGHT_OF = LatePattern(
    r"\?|\b(?:said|says|told|tells|suggest\w*|thinking|consider\w*|maybe|recommend\w*|should"
    r"|want to)\b",
    re.IGNORECASE,
)
EITHER = LatePattern(r"\bWHERE\b[^;\n]*\bOR\b")
