"""What the list of technologies promises those who read it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from blueproof.intake.words.read import read_request
from clock import least_seconds

TEXT = (resources.files("blueproof.intake.words") / "technologies.jsonl").read_text(
    encoding="utf-8"
)
LINES = TEXT.splitlines()
DATA: dict[str, dict[str, Any]] = {
    entry.pop("id"): entry
    for entry in (json.loads(line) for line in LINES if line and not line.startswith("#"))
}
KINDS = (
    "database cache queue stream baas cloud hosting compute storage cdn network auth api framework "
    "mobile frontend language runtime orm iac ci container monitoring search analytics payments "
    "email push realtime sync ai testing tool protocol security os data"
).split()
LISTS = ("aliases", "when", "near")
MOST_WORDS = 5  # of one name, that the reader joins
WORD = re.compile(r"[a-z0-9]+|[+#]+")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def plain(name: str) -> str:
    """The name as names are compared: no case, no spaces, no signs but + and #."""
    return re.sub(r"[^a-z0-9+#]", "", name.lower())


def names(key: str) -> list[str]:
    return [DATA[key]["name"], *DATA[key].get("aliases", ())]


def claims(key: str) -> set[str]:
    return {plain(name) for name in (key, *names(key))}


def runs(text: str) -> set[str]:
    """Every run of words in the text, joined, in the plural and out of it."""
    words = WORD.findall(text.lower())
    joined = {
        "".join(words[begin:end])
        for begin in range(len(words))
        for end in range(begin + 1, len(words) + 1)
    }
    return joined | {run.removesuffix("s") for run in joined}


def listed(field: str) -> Iterator[tuple[str, str]]:
    return ((key, text) for key, entry in DATA.items() for text in entry.get(field, ()))


def entry_lines() -> list[str]:
    return [line for line in LINES if line and not line.startswith("#")]


def test_the_list_is_long_and_loads_fast() -> None:
    assert len(DATA) >= 650
    assert least_seconds(lambda: [json.loads(line) for line in entry_lines()]) < 0.3


def test_every_entry_is_one_line_and_no_id_stands_twice() -> None:
    keys = [json.loads(line)["id"] for line in entry_lines()]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert keys == list(DATA)
    assert [key for key in keys if not ID.fullmatch(key)] == []


def test_entries_have_the_known_fields_and_types() -> None:
    types = {"name": str, "kind": str, "part_of": str, "word": bool} | dict.fromkeys(LISTS, list)
    odd = [
        (key, field)
        for key, entry in DATA.items()
        for field, value in entry.items()
        if field not in types or not isinstance(value, types[field]) or not value
    ]
    assert odd == []
    assert [key for key, entry in DATA.items() if not {"name", "kind"} <= set(entry)] == []
    # An unquoted number or `on` is no text in YAML.
    texts = [(key, text) for field in LISTS for key, text in listed(field)]
    assert [pair for pair in texts if not isinstance(pair[1], str) or not pair[1].strip()] == []


def test_kinds_come_from_the_closed_list_in_its_order_each_under_its_comment() -> None:
    assert {entry["kind"] for entry in DATA.values()} == set(KINDS)
    order = [(KINDS.index(entry["kind"]), key) for key, entry in DATA.items()]
    assert order == sorted(order)
    kind, misplaced = "", []
    for line in LINES:
        heading = re.match(r"# ([a-z]+): ", line)
        if heading and heading[1] in KINDS:
            kind = heading[1]
        elif line and not line.startswith("#") and json.loads(line)["kind"] != kind:
            misplaced.append(line)
    assert misplaced == []


def test_no_name_is_claimed_by_two() -> None:
    owners: dict[str, set[str]] = {}
    for key in DATA:
        for claim in claims(key):
            owners.setdefault(claim, set()).add(key)
    assert {claim: keys for claim, keys in owners.items() if len(keys) > 1 or not claim} == {}


def test_aliases_are_lower_case_and_each_adds_a_spelling() -> None:
    assert [pair for pair in listed("aliases") if pair[1] != pair[1].lower()] == []
    known = {key: {plain(key), plain(entry["name"])} for key, entry in DATA.items()}
    idle = []
    for key, alias in listed("aliases"):
        if plain(alias) in known[key]:
            idle.append((key, alias))
        known[key].add(plain(alias))
    assert idle == []


def test_no_alias_is_longer_than_the_reader_joins() -> None:
    assert [pair for pair in listed("aliases") if len(WORD.findall(pair[1])) > MOST_WORDS] == []


def test_parts_belong_to_a_product_that_is_listed() -> None:
    parts = {key: entry["part_of"] for key, entry in DATA.items() if "part_of" in entry}
    assert [pair for pair in parts.items() if pair[1] not in DATA] == []
    above = {key: {product} for key, product in parts.items()}
    for _ in range(5):  # no product is nested deeper
        above = {
            key: found.union(*(above.get(product, set()) for product in found))
            for key, found in above.items()
        }
    assert [key for key, found in above.items() if key in found] == []


def test_only_ordinary_words_need_a_company_and_all_of_them_have_one() -> None:
    words = {key for key, entry in DATA.items() if "word" in entry}
    guided = {key for key, entry in DATA.items() if "when" in entry or "near" in entry}
    assert words == guided


def test_each_sure_spelling_holds_a_name_of_its_entry() -> None:
    # The reader looks for a name first; a spelling without one would never be found.
    idle = [pair for pair in listed("when") if not claims(pair[0]) & runs(pair[1])]
    assert idle == []
    assert [pair for pair in listed("near") if pair[1] != pair[1].lower()] == []


def test_what_people_write_leads_to_the_product() -> None:
    owners = {claim: key for key in DATA for claim in claims(key)}
    written = {
        "postgres": "postgresql", "psql": "postgresql", "sqlserver": "sql-server",
        "rds": "amazon-rds", "aws rds": "amazon-rds", "ALB": "application-load-balancer",
        "lambda": "aws-lambda", "firestore": "cloud-firestore", "FCM": "firebase-cloud-messaging",
        "RTDB": "firebase-realtime-database", "GCP": "google-cloud", "k8s": "kubernetes",
        "next.js": "nextjs", "Node": "nodejs", "golang": "go", "C#": "c-sharp", ".NET": "dotnet",
        "socket.io": "socket-io", "trigger.dev": "trigger-dev", "fly.io": "fly",
        "device sync": "atlas-device-sync", "pg_stat_statements": "pg-stat-statements",
        "websockets": "websocket", "JWT": "jwt", "R2": "cloudflare-r2", "Pub/Sub": "cloud-pubsub",
    }  # fmt: skip
    assert {text: owners.get(plain(text)) for text in written} == written


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("The association (they pay us) wants reports.", set()),
        ("An app for beekeepers and hive inspectors.", set()),
        ("We take cards with PayU and look at tables in Beekeeper Studio.",
         {"payu", "beekeeper-studio"}),
        ("Two AWS lambdas write to it.", {"aws-lambda"}),
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_name_are_none(words: str, named: set[str]) -> None:
    found = {f.value for f in read_request(words).facts if f.key == "technology"}
    assert found == named
