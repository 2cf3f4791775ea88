"""Figures that are no figures: versions, ports, codes, labels, list numbers, pronouns."""

from blueproof.intake.words.amounts import Amount
from blueproof.intake.words.money import SIGNS
from blueproof.intake.words.number_nouns import noun_of
from blueproof.intake.words.number_tokens import Tokens, at, lower_at
from blueproof.intake.words.number_units import Phrase

_VERSIONED = frozenset(
    """
    node nodejs node.js npm python py postgres postgresql pg psql mysql mariadb sqlite mssql
    oracle php java jdk jre ruby rails django flask react angular vue next nextjs next.js
    nuxt laravel symfony spring boot springboot go golang ubuntu debian centos rhel fedora
    alpine amazon linux ios ipados android windows macos sdk api .net net dotnet core
    framework kafka redis valkey elasticsearch opensearch mongo mongodb cassandra rabbitmq
    terraform kubernetes airflow spark hadoop flink nest nestjs express prisma typeorm
    hibernate sequelize swift xcode flutter dart kotlin gradle scala typescript oauth http
    https tls ssl saml web chrome safari firefox expo vite webpack supabase es ecmascript
    bootstrap tailwind wordpress drupal magento odoo strapi clickhouse timescaledb
    cockroachdb neo4j bullseye version versions ver v release gpt claude llama wave gen
    generation pydantic sqlalchemy celery gunicorn nginx apache tomcat ef efcore entity rn
    engine aurora postgis pgbouncer
    """.split()
)
_LABELS = frozenset(
    """process pid step option phase level section chapter figure part question point tier
    layer type id no nr number item rule port ports error code codes status http sqlstate
    errno exit signal case approach method problem issue pr ticket line lines page q
    question iso rfc cve level stage round approach lesson exercise problem appendix article
    solution scenario update edit day-number plan schema-number""".split()
)
_STATUSES = frozenset(
    {400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504, 520}
)
_STATUS_WORDS = frozenset(
    """bad error errors gateway unauthorized forbidden not too internal service status response
    responses http timeout timeouts conflict method unavailable on when from code codes
    maximum payload entity content""".split()
)
_PRONOUN_BEFORE = frozenset(
    """the no which this that each another every any some other first last next second only-the
    original current new old new-one wrong right big small""".split()
)
_ONE_UNITS = frozenset({"time", "data", "share", "money"})
_ONE_CUES = frozenset(
    "just exactly only single have has run running using use max least most on".split()
)
_OLDEST, _NEWEST = 1950, 2100
_HIGHEST_VERSION = 100


def excluded(tokens: Tokens, first: int, amount: Amount, phrase: Phrase) -> bool:
    """Whether what begins at this token only looks like a figure."""
    return (
        _within_a_name(tokens, first, amount)
        or _list_number(tokens, first, amount)
        or _version(tokens, first, amount, phrase)
        or _label(tokens, first, phrase)
        or _status(tokens, first, amount, phrase)
        or _pronoun(tokens, first, amount, phrase)
        or _year(amount, phrase)
        or (not amount.value and (amount.worded or phrase.noun is None))
    )


def _within_a_name(tokens: Tokens, first: int, amount: Amount) -> bool:
    """us-east-1, gpt-4, #123, [1], foo.py:12, 1/3, 50/50, a figure glued to a letter or sign."""
    before = at(tokens, first - 1)
    if amount.tail or before.text in SIGNS or at(tokens, first).text in SIGNS:
        return False
    if before.text in {"#", "@", "&"} or (
        before.text in "-\u2013_" and _part_of_name(tokens, first)
    ):
        return at(tokens, first).glued
    if before.text == "[" and lower_at(tokens, amount.after) == "]":
        return True
    if before.text == "/" and at(tokens, first - 2).kind == "figure":
        return at(tokens, first).glued and amount.value <= _HIGHEST_VERSION
    slashed = (
        lower_at(tokens, amount.after) == "/" and at(tokens, amount.after + 1).kind == "figure"
    )
    if slashed and at(tokens, amount.after + 1).glued:
        return amount.value <= _HIGHEST_VERSION
    return before.text in {":", ".", "\\"} and before.glued and at(tokens, first).glued and (
        at(tokens, first - 2).kind in {"word", "other"} and "." in at(tokens, first - 2).text
    )  # fmt: skip


def _part_of_name(tokens: Tokens, first: int) -> bool:
    dash, before = at(tokens, first - 1), at(tokens, first - 2)
    if not (dash.glued and at(tokens, first).glued):
        return False
    return before.lower not in {"sub", "pre", "a", "post", "max", "mid", "top"} and before.kind in {
        "word", "figure", "other",
    }  # fmt: skip


def _list_number(tokens: Tokens, first: int, amount: Amount) -> bool:
    """1. or 2) or (3) at the start of a line, also after a bullet."""
    if amount.after != first + 1 or amount.tail:
        return False
    after, index = at(tokens, amount.after), first - 1
    while lower_at(tokens, index) in {"(", "-", "*", ">", "#", "•"}:
        index -= 1
    opens = at(tokens, index).kind == "line"
    if lower_at(tokens, first - 1) == "(" and at(tokens, first - 1).glued:
        return False
    if opens and after.text in {".", ")"}:
        return True
    return lower_at(tokens, first - 1) == "(" and after.text == ")" and amount.value <= len(_LABELS)


def _version(tokens: Tokens, first: int, amount: Amount, phrase: Phrase) -> bool:
    if amount.scale > 1 or amount.worded or amount.tail or amount.value >= _HIGHEST_VERSION:
        return False
    before = lower_at(tokens, first - 1)
    if phrase.noun is not None and phrase.noun.kind in {"time", "data", "share", "money"}:
        return before in {"version", "v", "ver"}
    if before not in _VERSIONED:
        return False
    return not (phrase.noun is not None and phrase.noun.per)


def _label(tokens: Tokens, first: int, phrase: Phrase) -> bool:
    before = at(tokens, first - 1)
    index = first - 1
    if before.text in {":", "="}:
        index -= 1
    word = lower_at(tokens, index)
    if word in {"port", "ports", "errno", "sqlstate"} or before.text in {"LIMIT", "OFFSET"}:
        return True
    if word not in _LABELS:
        return False
    return (
        phrase.noun is None
        or phrase.noun.kind not in {"time", "data", "share"}
        or bool(phrase.modifiers)
    )


def _status(tokens: Tokens, first: int, amount: Amount, phrase: Phrase) -> bool:
    if (
        amount.scale > 1
        or amount.value not in _STATUSES
        or at(tokens, first).text != str(amount.value)
    ):
        return False
    if amount.tail == "s":
        return lower_at(tokens, first - 1) not in {"after", "timeout", "takes", "of", "every"}
    after = lower_at(tokens, amount.after)
    return after in _STATUS_WORDS and (
        phrase.noun is None or phrase.noun.kind == "error" or after != "service"
    )


def _pronoun(tokens: Tokens, first: int, amount: Amount, phrase: Phrase) -> bool:
    """Whether "one" is no count."""
    if not amount.worded or lower_at(tokens, first) != "one" or amount.after != first + 1:
        return False
    noun = noun_of(lower_at(tokens, amount.after))
    before = lower_at(tokens, first - 1)
    if noun is None or phrase.noun is not noun or before in _PRONOUN_BEFORE:
        return True
    if noun.kind == "time":
        return noun.name in {"day", "second"} or before in {"in", "at"}
    return noun.kind not in _ONE_UNITS and (noun.kind != "instance" or before not in _ONE_CUES)


def _year(amount: Amount, phrase: Phrase) -> bool:
    whole = not (amount.scale > 1 or amount.tail) and amount.low == amount.value
    return whole and _OLDEST <= amount.value <= _NEWEST and phrase.noun is None and not phrase.per
