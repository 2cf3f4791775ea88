"""Which requests ask for a data model as a whole."""

import re

from blueproof.advisors.model.asked import questions_in
from blueproof.advisors.model.reading import read_told
from blueproof.core.brief import Brief
from blueproof.decide.reading import has_data, needs_of

# Of a tale: shorter, it is the question alone that wants its answer.
_FEWEST_WORDS, _FEWEST_THINGS, _FEWEST_SAID = 30, 3, 3
_THINGS = (
    r"(?:data(?:base)? model|data model\w*|(?:database |db |postgres(?:ql)? |sql |supabase )?schema"
    r"|tables|erd?\b(?! diagram)|er diagram|entit(?:y|ies)(?:[- ]relationship\w*)?|database)"
)
_ASKS = re.compile(
    rf"\b(?:design\w*|model(?:l?ing)?|lay(?:ing)? out|structure|create|make|write|draft|build"
    rf"|sketch|propose|need|want|give me|come up with|set up|help\w* (?:me )?with|suggest)\b"
    rf"[^.?!\n]{{0,40}}\b{_THINGS}"
    rf"|\b(?:how|what)\b[^.?!\n]{{0,40}}\b(?:lay out|structure|model|design|set up)\b"
    rf"[^.?!\n]{{0,30}}\b{_THINGS}"
    rf"|\b(?:data|database|relational) (?:model|design|schema|structure)\w*\b"
    r"(?= (?:wanted|needed|required|please|for|of)\b|:)"
    r"|\b(?:tell|show|list|name|give|send) (?:me|us) (?:the |all )?(?:tables|entities)\b"
    r"|(?:^|[.!?]\s+|\bto |\bplease )model (?:a|an|our|my|the|this|it)\b"
    r"|\bneed\b[^.?!\n]{0,30}\b(?:proper|good|clean|normali[sz]ed|relational) (?:relational |data"
    r"(?:base)? )?(?:model|schema)\b"
    rf"|\b(?:what|how) (?:should|would|could|might|does|do) [^.?!\n]{{0,30}}\b{_THINGS}"
    r"[^.?!\n]{0,10}\blook\b"
    r"|\b(?:postgres(?:ql)?|sql|database|relational) schema\s*\?"
    r"|\bmodel (?:this|that|it|these|all this)\b[^.?!\n]{0,30}\b(?:relational|database|db|sql"
    r"|tables?"
    r"|postgres\w*)\b"
    r"|\b(?:best|right|good|proper|ideal|correct|clean|sane) (?:(?:db|database|table|data|sql"
    r"|postgres\w*) )?(?:schema|table structure|tables|data model|db design)\b"
    r"|\bneed an? (?:good |simple )?(?:db|database) for (?:a|an|my|our)\b"
    rf"|\b(?:what|which) (?:tables|entities)\b|\b{_THINGS} for (?:a|an|my|our|the)\b",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"\bcreate\s+(?:table|type|policy|index)\b|\bselect\b[^.?!]{1,200}\bfrom\b\s+\w+\s*(?:\w+\s+)?"
    r"(?:where|join|order|group|limit|;)"
    r"|\b(?:here is|here's|below is|following is) (?:my|our|the)\b"
    r"|\bexplain\b|\bprisma\b.*\bmodel\s+\w+\s*\{|pgtable\("
    r"|\b(?:my|our|this|the|current|existing) (?:existing |current )?(?:schema|tables?) "
    r"(?:is|are|has|looks|below)\b|\b(?:slow|takes? \d+ ?(?:s|ms|seconds|minutes))\b"
    r"|\b(?:which database|what database should|should i (?:use|pick|choose) (?:postgres|mysql"
    r"|mongo|sql|nosql|supabase|firebase)|(?:postgres\w*|sql|supabase) (?:or|vs\.?|versus) "
    r"(?:mongo\w*|nosql|firebase|firestore|mysql|dynamo\w*|convex))\b",
    re.IGNORECASE | re.DOTALL,
)
# Tables that are there and are changed while they are in use.
_CHANGED = re.compile(
    r"\b(?:(?:w/?o|without|zero|no|any)[ -](?:any )?down ?time|backfill\w*|alter table|to bigint"
    r"|bigint migration|int4|need (?:it|them) bigint|replica(?:tion)? (?:feeds|slot|lag)"
    r"|\d[\d.,]* ?(?:billion|bn|million|M|B) rows?, \d+ ?[GT]B)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:firestore|firebase|convex|dynamo ?db|mongo(?:db)?|cassandra|redis|neo4j|graph database"
    r"|mysql|mariadb|sqlite|sql server|oracle|cosmos|bigquery|snowflake|clickhouse|single[- ]table"
    r"|elasticsearch|realtime database)\b",
    re.IGNORECASE,
)


def asks_model(brief: Brief) -> bool:
    """Whether a relational data model is wanted, and none is there yet."""
    text = brief.request
    there = _HAS.search(text) or _CHANGED.search(text)
    if has_data(brief) or there or _OTHER.search(text):
        return False
    if not _ASKS.search(text) and not _tells(text):
        return False
    return len(needs_of(brief).options) <= 1


def _tells(text: str) -> bool:
    """Whether a question of design stands beside a tale of several things that hang together."""
    if not questions_in(text) or len(text.split()) < _FEWEST_WORDS:
        return False
    told = read_told(text, supabase=False)
    said = [r for r in told.relations if not r.why] if told else []
    told_of = len(said) + len(told.needs) if told else 0
    return told is not None and len(told.nouns) >= _FEWEST_THINGS and told_of >= _FEWEST_SAID


def is_on_supabase(brief: Brief) -> bool:
    """Whether the model is for Supabase."""
    return "supabase" in brief.request.lower()
