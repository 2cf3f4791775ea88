"""Whether a request tells of a slow PostgreSQL query to rebuild, or another answer is better."""

import re

from blueproof.advisors.known.ranking import assured, ranked
from blueproof.advisors.known.slow.reading import OTHERS
from blueproof.advisors.known.slow.signs import DATA, ELSEWHERE
from blueproof.core.brief import Brief
from blueproof.facts.kin import is_of_rivals

_CLEARLY = 0.95  # of a way to ask: an entry that is said so wholly answers
# Entries on what a rebuilt query shows by itself, with its own columns and times.
_SHOWN = frozenset(
    "index-for-ilike index-column-order index-on-expression partial-or-covering-index distinct-slow"
    " count-exact-or-estimate offset-or-keyset-pagination postgres-order-by-limit-slow"
    " postgres-or-slow postgres-like-prefix-no-index postgres-jsonb-filter-slow"
    " postgres-array-any-slow postgres-text-search-slow postgres-estimate-wrong postgres-slow-count"
    " postgres-seq-scan postgres-temp-files seq-scan-small-table-fine time-series-where"
    " postgres-statement-timeout full-text-search-where index-every-column fuzzy-search"
    " queue-in-postgres postgres-slow-in-app".split()
)
# Entries that anything slow is near to.
_GENERAL = frozenset({"postgres-slow-sometimes", "postgres-slow-after-upgrade"})
# That it is slow, not that somebody wonders whether it would be.
_IS_SLOW = re.compile(
    r"\b(?:slow(?:er|ly|ness)?|sluggish|forever|crawl\w*|time(?:s|d)?[ -]?outs?|timing out|too "
    r"long|very long"
    r"|takes? (?:ages|long|a while|(?:several |many |a few )?(?:seconds|minutes|hours))"
    r"|hang(?:s|ing)?|kill(?:s|ing)|laggy|lags?"
    r"|(?:seq(?:uential)?|full(?: table)?) ?scan(?:s|ning)?|bottleneck|expensive|optimi[sz]e"
    r"|speed (?:it |this )?up|faster|too slow|painful\w*"
    r"|unusable|high cpu|100 ?% cpu|cpu (?:is |at |goes to )*(?:100|9\d))\b"
    r"|\b\d[\d.,]*\+? ?(?:ms|millis\w*|s|secs?|seconds?|mins?|minutes?|hours?|hrs?)\b",
    re.IGNORECASE,
)
# Stores that stand beside a database and hold no rows of its queries.
_BESIDE = frozenset({"redis", "elasticsearch", "opensearch", "rabbitmq", "kafka", "memcached"})
_NOT_THE_QUERY = re.compile(
    r"\bfast (?:in|from|on|with|via) (?:psql|pgadmin|dbeaver|the console|sql editor|local\w*)"
    r"|\bpolic(?:y|ies)\b|\brow[ -]level security\b|\brls\b",
    re.IGNORECASE,
)
_OF_ANOTHER_KIND = re.compile(
    r"\bst_\w+\s*\(|<->|<=>|<#>|\bpostgis\b|\bpgvector\b|\bembeddings?\b|"  # of extensions
    r"\bhypertables?\b|\btimescale(?:db)?\b(?![^.]*\?)|\bcold starts?\b|\bcitus\b"
    r"|\bgreenplum\b|\bredshift\b"
    r"|\bcockroach(?:db)?\b|\byugabyte\w*|\bspanner\b",
    re.IGNORECASE,
)


def _is_of_postgres(brief: Brief) -> bool:
    """Whether PostgreSQL is in use, or nothing else is: what is only thought of does not count."""
    text = brief.request
    used = {
        str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"
    } - _BESIDE  # fmt: skip
    if "postgresql" not in used and (is_of_rivals(used, ["postgresql"]) or used & OTHERS):
        return False
    if ELSEWHERE.search(text) or _NOT_THE_QUERY.search(text):
        return False
    return "postgresql" in used or bool(DATA.search(text))


def may_be_rebuilt(brief: Brief) -> bool:
    """Whether the words are of a slow query in PostgreSQL, or in a database that is not named.

    What an entry answers wholly stays its own, unless a rebuilt query shows the same in figures.
    """
    text = brief.request
    if not _IS_SLOW.search(text) or _OF_ANOTHER_KIND.search(text) or not _is_of_postgres(brief):
        return False
    best = assured(ranked(brief))
    if best is None or best.entry.id in _SHOWN:
        return True
    return not (best.printed or best.share >= _CLEARLY)


def may_be_implied(brief: Brief) -> bool:
    """Whether a query may be made from words that name no column: nothing else answers nearly."""
    used = {str(f.value) for f in brief.facts if f.key == "technology" and f.role == "current"}
    if is_of_rivals(used - {"postgresql"} - _BESIDE, ["postgresql"]):
        return False  # which of them is slow is not told
    best = assured(ranked(brief))
    return best is None or best.entry.id in _SHOWN or best.entry.id in _GENERAL
