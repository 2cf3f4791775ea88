"""The phrases by which requests are understood are whole, and speak of the closed lists only."""

import re
from collections import Counter
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest

from blueproof.intake.words import lexicon
from blueproof.intake.words.lexicon import read_lexicon, read_phrase
from blueproof.intake.words.text import Text

FEATURES = """
chat group-chat authentication realtime-sync presence read-receipts typing-indicator
push-notifications notifications pagination location-tracking geofencing geolocation-lookup feed
trending-feed search full-text-search fuzzy-search jsonb-search vector-search time-series
price-history dashboard-counts reporting analytics-events materialized-views file-storage
file-upload file-processing image-processing video background-jobs job-queue batch-job
long-running-job scheduling external-api-calls webhooks payments subscriptions booking e-commerce
reviews email email-verification password-reset domain-restricted-signup access-control
row-level-security multi-tenancy api graphql microservices website blog broadcast live-streaming
offline-sync i18n backups disaster-recovery staging-environment preview-environments
per-service-deploy keyless-deploy feature-flags alerting error-tracking crash-reporting
slow-query-log audit-log compression caching rate-limiting secret-proxy data-import data-export
machine-learning iot-ingestion voice-messages calls e2e-encryption moderation leaderboard
matchmaking collaborative-editing ride-hailing delivery-tracking social-graph comments invitations
qr-codes pdf-generation ocr sms single-sign-on two-factor account-deletion gdpr-export
"""
PROBLEMS = """
choose-technology cost troubleshoot aws-architecture db-performance scale deploy-cicd data-model
security-compliance data-storage realtime connections migration schema-migration iac-structure
monitoring auth storage-upload analytics
"""
CONSTRAINTS = """
eu-data us-data india-data gdpr hipaa pci soc2 iso27001 self-hosted no-vendor-lock-in
open-source-only offline-required no-ops-skills sql-skills no-sql-skills typescript-skills
python-skills java-skills go-skills solo-developer small-team no-server zero-downtime low-latency
high-availability multi-region tiny-budget no-credit-card on-premises air-gapped serverless-only
no-kubernetes expo-go sql-reporting web-client-too hard-spending-cap
due-in-days due-in-weeks not-due pairs-only
"""
CLOSED = {
    "features.txt": (FEATURES, 900),
    "problems.txt": (PROBLEMS, 500),
    "constraints.txt": (CONSTRAINTS, 200),
}
STRENGTHS = ("words", "weak", "not")
LETTERS = r"[a-zà-ÿ0-9]+(?:'[a-z]+)?"
ELEMENT = re.compile(rf"(?:{LETTERS}\*?)(?:\|{LETTERS}\*?)*|[?!]|[+#]+")
STEM = 3  # letters a beginning must have, lest it fit everything

Entry = dict[str, Any]


def everything() -> list[tuple[str, str, Entry]]:
    return [(name, thing, entry) for name in CLOSED for thing, entry in lexicon.data(name).items()]


ALL = everything()
IDS = [f"{name}:{thing}" for name, thing, _ in ALL]


def phrases(entry: Entry) -> list[str]:
    return [phrase for strength in STRENGTHS for phrase in entry.get(strength, ())]


def plain(phrase: str) -> str:
    return " ".join(phrase.lower().replace("-", " ").split())


def faults(phrase: str) -> list[str]:
    """What is against the rules in a phrase."""
    parts = plain(phrase).split()
    if not parts:
        return ["empty"]
    odd = [part for part in parts if part != "~" and not ELEMENT.fullmatch(part)]
    gaps = ["a gap at an end"] * ("~" in {parts[0], parts[-1]})
    double = ["a double gap"] * (("~", "~") in pairwise(parts))
    short = [w for w in parts[0].split("|") if w.endswith("*") and len(w) <= STEM]
    return odd + gaps + double + short


@pytest.mark.parametrize("name", CLOSED)
def test_the_ids_are_those_of_the_closed_list_each_once(name: str) -> None:
    text = (resources.files(lexicon.__package__) / name).read_text(encoding="utf-8")
    written = re.findall(r"^([a-z0-9-]+):", text, re.MULTILINE)
    closed = sorted(CLOSED[name][0].split())
    assert sorted(written) == closed
    assert sorted(lexicon.data(name)) == closed


@pytest.mark.parametrize("name", CLOSED)
def test_no_entry_has_a_list_twice(name: str) -> None:
    text = (resources.files(lexicon.__package__) / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9-]+:)", text, flags=re.MULTILINE)[1:]
    keys = [re.findall(r"^(?:  )?([a-z0-9-]+):", block, re.MULTILINE) for block in blocks]
    assert [names[0] for names in keys if len(names) > len(set(names))] == []


@pytest.mark.parametrize("name", CLOSED)
def test_there_are_phrases_enough(name: str) -> None:
    assert sum(len(phrases(entry)) for entry in lexicon.data(name).values()) >= CLOSED[name][1]


@pytest.mark.parametrize(("name", "thing", "entry"), ALL, ids=IDS)
def test_an_entry_says_what_it_is_and_has_words(name: str, thing: str, entry: Entry) -> None:
    assert set(entry) <= {"says", *STRENGTHS}
    assert 2 <= len(entry["says"].split()) <= 20
    assert "\n" not in entry["says"]
    assert len(entry["words"]) >= 6, (name, thing)


@pytest.mark.parametrize(("name", "thing", "entry"), ALL, ids=IDS)
def test_every_phrase_parses(name: str, thing: str, entry: Entry) -> None:
    wrong = {str(p): faults(str(p)) for p in phrases(entry) if faults(str(p))}
    assert wrong == {}, (name, thing)
    assert [p for p in phrases(entry) if not isinstance(p, str)] == []
    read_lexicon({thing: entry})


@pytest.mark.parametrize(("name", "thing", "entry"), ALL, ids=IDS)
def test_no_phrase_stands_twice(name: str, thing: str, entry: Entry) -> None:
    counts = Counter(plain(p) for p in phrases(entry))
    assert {p for p, count in counts.items() if count > 1} == set(), (name, thing)


def written(phrase: str) -> list[str]:
    """Words that the phrase fits, all alternatives in turn; a beginning stands for its word."""
    alternatives = (part.split("|") for part in plain(phrase).split() if part != "~")
    return [word.rstrip("*") for words in alternatives for word in words]


def example(phrase: str) -> str:
    """The shortest text that has the phrase."""
    parts = (part.split("|")[0].rstrip("*") for part in plain(phrase).split() if part != "~")
    return " ".join(parts)


@pytest.mark.parametrize(("name", "thing", "entry"), ALL, ids=IDS)
def test_every_phrase_is_found_in_its_own_words(name: str, thing: str, entry: Entry) -> None:
    one = read_lexicon({thing: entry})
    unfound = [
        phrase
        for strength in ("words", "weak")
        for phrase in entry.get(strength, ())
        if phrase not in {hit.phrase for hit in one.hits(Text(example(phrase)))}
    ]
    assert unfound == [], (name, thing)


@pytest.mark.parametrize(("name", "thing", "entry"), ALL, ids=IDS)
def test_every_phrase_that_voids_can_meet_another(name: str, thing: str, entry: Entry) -> None:
    spoken = " ".join(plain(p) for s in ("words", "weak") for p in entry.get(s, ()))
    elements = read_phrase(thing, "words", spoken.replace("~ ", "")).elements
    idle = [
        phrase
        for phrase in entry.get("not", ())
        if not any(e.fits(word) for word in written(phrase) for e in elements)
    ]
    assert idle == [], (name, thing)


@pytest.mark.parametrize(
    "phrase", ["~ map", "live ~", "a ~ ~ b", "li* map", "max_connections", "n+1", "$5", "a||b", ""]
)
def test_what_is_no_phrase_is_seen(phrase: str) -> None:
    assert faults(phrase) != []
