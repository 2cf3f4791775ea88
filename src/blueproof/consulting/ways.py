"""The ways of a request in words whose subject is surely known, each asked in turn.

A way gives None where the words ask for something else.
"""

import re
from collections.abc import Callable

from blueproof.advisors.bill.advise import owns_bill
from blueproof.advisors.change.hearing import may_change
from blueproof.advisors.designs.hearing import meant
from blueproof.advisors.known.reproduction.owning import is_slow, is_worth_reading
from blueproof.advisors.observe.owning import is_about_watching
from blueproof.consulting.kinds import kind_of
from blueproof.core.blueprint import Blueprint, Unproved
from blueproof.core.brief import Brief
from blueproof.core.errors import BlueproofError, InputError, SqlError
from blueproof.intake.pasted import pasted_tables, with_pasted
from blueproof.intake.words.asks import asks_in
from blueproof.sql.wished import names_query, wishes_rows

_SELECT = re.compile(
    r"\b(?:select\b.*?\bfrom|delete\s+from|update\s+\w+\s+set)\b", re.IGNORECASE | re.DOTALL
)
# What a person says whose policies are wrong, however slow they are, too.
_POLICIES = re.compile(
    r"\b(?:rls|row.level.security|row security|polic(?:y|ies)|infinite recursion|42P17|42501)\b",
    re.IGNORECASE,
)
# Rules of the Realtime Database in the words.
_DATABASE_RULES = re.compile(r"[\"']?rules[\"']?\s*:\s*\{(?s:.*)[\"']\.(?:read|write)[\"']\s*:")
_JUDGED = frozenset({"review", "is-this-fine"})  # tables alone are judged only then
# An IAM policy in the words, or all rights over a service.
_POLICY = re.compile(
    r"\"Effect\"\s*:|\b[\w-]+:\*(?!\w)|\*:\*|\b\w+FullAccess\b|\bAdministratorAccess\b"
)
# Firebase Security Rules in the words.
_RULES = re.compile(
    r"\bmatch\s+/[^\n]*?\{(?s:.*)\ballow\s+(?:read|write|get|list|create|update|delete)"
)


def sure_way(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer of the first way whose subject it surely is; None where it is none of them."""
    ways = (
        _of_rules, _of_wished_rules, _mended, _divided, _secured, _of_policies, _built, _changed,
        _of_whole, _queried, _of_pasted, _tallied, _metered, _whole, _modelled, _reviewed,
    )  # fmt: skip
    return next((made for way in ways if (made := way(brief, progress))), None)


def way_of_part(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer to one of several questions by a way that needs no file and no tale."""
    ways = (_secured, _built, _changed, _tallied, _metered)
    return next((made for way in ways if (made := way(brief, progress))), None)


def _mended(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The files of a delivery that is to be mended, if such were handed over."""
    if brief.document("delivery") is None:
        return None
    from blueproof.advisors.pipeline.owning import mends

    files = mends(brief)
    if files is None:
        return None
    from blueproof.consulting.mending import mended  # what starts the linters

    return mended(brief, files, kind_of(brief, "review"), progress)


def _secured(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on a matter of security or compliance, such as a key that leaked, if one is."""
    from blueproof.advisors.matters.may import may_be

    if not may_be(brief):
        return None
    from blueproof.consulting.matters import matter_of  # the known matters are many files

    return matter_of(brief, kind_of(brief), progress)


def _of_policies(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on IAM policies that stand in the request, or are named in it, if any are."""
    if not _POLICY.search(brief.request):
        return None
    from blueproof.consulting.policies import advise_policies

    return advise_policies(brief, kind_of(brief, "review"), progress)


def _of_tables(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on tables that stand in the request: on their policies, or as a whole.

    A slow query that comes with its tables is another matter.
    """
    pasted = pasted_tables(brief.request)
    if pasted is None or _SELECT.search(pasted.prose):
        return None
    if is_slow(pasted.prose) and not (pasted.guarded and _POLICIES.search(pasted.prose)):
        return None
    if not pasted.guarded and kind_of(brief) not in _JUDGED:
        return None
    from blueproof.consulting.database import advise_database  # a server is started

    try:
        return advise_database(with_pasted(brief, pasted), progress)
    except (SqlError, InputError):  # it is no SQL to the end: the words alone are answered
        return None


def _of_whole(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on several queries that stand in the request with all of their tables."""
    if not _SELECT.search(brief.request) or pasted_tables(brief.request) is None:
        return None
    from blueproof.consulting.whole_pasted import with_whole  # what reads queries is many files

    whole = with_whole(brief)
    if whole is None:
        return None
    from blueproof.consulting.database import advise_database  # a server is started

    try:
        return advise_database(whole, progress)
    except BlueproofError:  # it is no SQL to the end: the words alone are answered
        return None


def _of_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on security rules that were handed over, where the words ask of them."""
    if not brief.document("rules"):
        return None
    from blueproof.consulting.handed import advise_rules_asked

    return advise_rules_asked(brief, progress)


def _of_wished_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """Security rules of Firestore that are asked for in words, if they are surely meant."""
    from blueproof.advisors.policies.wished import wish_in

    if wish_in(brief.request) is None:
        return None
    from blueproof.consulting.rules_wished import advise_wished_rules  # the rules' evaluator

    return advise_wished_rules(brief, progress)


def _of_pasted(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on queries or rules that stand in the request, if they can be read."""
    of_tables = _of_tables(brief, progress)
    if of_tables is not None:
        return of_tables
    if brief.document("queries"):
        found = rebuilt_query(brief, progress)
        if isinstance(found, Blueprint):
            return found
    if _RULES.search(brief.request):
        from blueproof.consulting.rules import advise_rules  # the reader of rules is many files

        return advise_rules(brief, progress)
    if _DATABASE_RULES.search(brief.request):
        from blueproof.consulting.rules import advise_database_rules

        return advise_database_rules(brief, progress)
    return None


def _built(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The design of a thing of which it is asked how it is built, if it is a known one."""
    if meant(brief) is None:
        return None
    from blueproof.consulting.building import built  # a server is started

    return built(brief, kind_of(brief), progress)


def _changed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The steps of a change of tables that are in use, if one is asked for."""
    if not may_change(brief):
        return None
    from blueproof.consulting.change import changed  # the kinds of change are many files

    return changed(brief, kind_of(brief), progress)


def _queried(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The query that is wished for on tables that are told, if one is."""
    if not wishes_rows(brief.request) and not names_query(brief.request):
        return None
    from blueproof.consulting.querying import queried  # a server is started

    return queried(brief, kind_of(brief), progress)


def _divided(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """What two figures say of each other: reads of writes, messages of people; if they are told."""
    from blueproof.advisors.metered.may import tells_messages, tells_reads_and_writes

    if not (tells_reads_and_writes(brief.request) or tells_messages(brief.request)):
        return None
    from blueproof.consulting.metering import fanned, pumped  # the meters are large files

    kind = kind_of(brief)
    return fanned(brief, kind, progress) or pumped(brief, kind, progress)


def _tallied(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """A bill added up from the quantities that are told, if two or more are."""
    from blueproof.advisors.architecture.owning import asks_architecture
    from blueproof.advisors.tally.owning import may_tally

    if not may_tally(brief) or asks_architecture(brief):
        return None
    from blueproof.consulting.tallying import moving, tallying  # the price lists

    kind = kind_of(brief)
    return moving(brief, kind, progress) or tallying(brief, kind, progress)


def _metered(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """What a bill of a metered product comes to and what lowers it, if one is told in words."""
    from blueproof.advisors.metered.may import may_tell

    if not may_tell(brief) or asks_in(brief.request):
        return None  # of several questions each has its own answer
    from blueproof.consulting.metering import metering  # the meters are large files

    return metering(brief, kind_of(brief), progress)


def _modelled(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The data model that is asked for as a whole, if one is."""
    from blueproof.advisors.model.owning import asks_model

    if not asks_model(brief):
        return None
    from blueproof.consulting.modelling import modelled  # what writes tables is many files

    return modelled(brief, kind_of(brief), progress)


def _whole(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The architecture on AWS that is asked for as a whole, if one is."""
    from blueproof.advisors.architecture.owning import asks_architecture

    if not asks_architecture(brief) or is_about_watching(brief):
        return None
    from blueproof.consulting.architecture import designed  # the prices are many files

    return designed(brief, kind_of(brief), progress)


def _reviewed(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The holes of a plan told in words, if they are asked for."""
    from blueproof.advisors.review.owning import may_ask

    if owns_bill(brief) or not may_ask(brief):
        return None  # the known holes are many files
    from blueproof.consulting.reviewing import review_of

    return review_of(brief, kind_of(brief), progress)


def rebuilt_query(brief: Brief, progress: Callable[[str], None]) -> Blueprint | Unproved | None:
    """The answer on a slow query without its schema, if that can be rebuilt."""
    if not is_worth_reading(brief):
        return None  # what reads queries and starts a server is half of all files
    from blueproof.consulting.reproduction import rebuilt

    return rebuilt(brief, progress)
