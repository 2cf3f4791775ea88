"""A question in words with files beside it: the words are answered, the files are evidence."""

import re
from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.handed.owning import asks_beyond_files, asks_of_rules
from blueproof.advisors.known.reproduction.pasted import pasted
from blueproof.core.blueprint import Blueprint, Unproved
from blueproof.core.brief import Brief, Document
from blueproof.core.errors import BlueproofError
from blueproof.intake.words.read import read_request
from blueproof.proof.beside import Cited, of_whole, with_cited

_SELECT = re.compile(
    r"\b(?:select\b[^?]*?\bfrom|delete\s+from|update\s+\w+\s+set)\b", re.IGNORECASE
)
_MADE = re.compile(
    r"\bcreate\s+(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?\"?(\w+)", re.IGNORECASE
)
_LINT = "what the tables want whatever is asked, such as an index for a foreign key"
_WHY_NOT = "your words ask of something else: ask for a review of the schema for that"


def advise_words(
    brief: Brief, progress: Callable[[str], None], *, slow: bool = False
) -> Blueprint | None:
    """The answer to what the words of a request with a schema ask; None where they ask for lint."""
    if may_change(brief):
        from blueproof.consulting.change import changed
        from blueproof.consulting.kinds import kind_of

        made = changed(brief, kind_of(brief), progress)
        if made is not None:
            return made
    if not asks_beyond_files(brief):
        return None
    from blueproof.consulting.request import advise_request

    found = of_whole(advise_request(_unnamed(brief), progress, slow=slow), brief)
    return with_cited(found, (_of_schema(brief),))


def _unnamed(brief: Brief) -> Brief:
    """The brief of the words alone, where a table's name of several words is no topic.

    A table "audit_entries" that is to be partitioned asks nothing about audits.
    """
    kept = tuple(d for d in brief.documents if d.role == "rules")
    schema = brief.document("schema")
    named = {n for n in _MADE.findall(schema.text if schema else "") if "_" in n}
    names = [name for name in sorted(named, key=len, reverse=True) if name in brief.request]
    if not names:
        return replace(brief, documents=kept)
    pattern = rf"\b(?:{'|'.join(map(re.escape, names))})\b"
    read = read_request(re.sub(pattern, "the table", brief.request))
    told = tuple(f for f in brief.facts if f.source in {"file", "stated"} and not f.quote)
    return replace(read, facts=(*read.facts, *told), documents=kept)


def advise_rules_asked(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on rules that were handed over; None without any, or where more is asked."""
    if not brief.document("rules") or not asks_of_rules(brief):
        return None
    from blueproof.consulting.rules import advise_rules_files  # the reader of rules is many files

    return advise_rules_files(brief, progress)


def with_handed_rules(brief: Brief, blueprint: Blueprint) -> Blueprint:
    """The blueprint with what is wrong in rules that were handed over, where it tells of others."""
    if not brief.document("rules") or asks_of_rules(brief):
        return blueprint
    from blueproof.consulting.rules import beside_rules

    return with_cited(blueprint, (beside_rules(brief),))


def with_queries_told(brief: Brief) -> Brief:
    """The brief with the queries of its words, where a schema comes without any."""
    if brief.document("queries") or not _SELECT.search(brief.request):
        return brief
    queries = pasted(brief.request).queries
    if not queries:
        return brief
    text = "".join(f"{query.rstrip('; ')};\n" for query in queries)
    told = Document(role="queries", text=text, parts=(("your words", 1),))
    return replace(brief, documents=(*brief.documents, told))


def _of_schema(brief: Brief) -> Cited:
    """What the schema says to the question; that it was not read, where it cannot be."""
    from blueproof.advisors.handed.schema import evidence_of
    from blueproof.engines.postgres.server import Server
    from blueproof.engines.postgres.twin import Twin

    schema = brief.document("schema")
    assert schema is not None
    try:
        with Server(schema=schema.text) as server, Twin(server, schema.text) as twin:
            told = evidence_of(twin.schema, brief, schema.place(1)[0])
    except BlueproofError as error:
        return Cited(not_proved=(Unproved(statement="your schema", why=str(error)),))
    return Cited(
        sentences=told.sentences,
        findings=told.findings,
        not_proved=(Unproved(statement=_LINT, why=_WHY_NOT),),
    )
