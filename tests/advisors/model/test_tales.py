"""Data models of domains as people tell them, and the questions that they put beside the tale."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from prose_grading import lacks

from blueproof.advisors.model.advise import advise_model, conclude
from blueproof.advisors.model.asked import questions_in
from blueproof.advisors.model.deciding import decide
from blueproof.advisors.model.owning import asks_model
from blueproof.advisors.model.prose.plain import heard_text
from blueproof.advisors.model.reading import read_told
from blueproof.advisors.model.sql import schema_sql
from blueproof.advisors.model.told import Told
from blueproof.advisors.model.trials import scripts
from blueproof.consulting.parts import with_others
from blueproof.consulting.request import advise_request
from blueproof.core.brief import Brief
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.upholding import read_trials, uphold

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "tales.yaml").read_text("utf-8"))
QUIET: list[str] = yaml.safe_load((HERE / "tales_quiet.yaml").read_text("utf-8"))
BY_NAME = {c["name"]: c["ask"] for c in CASES}


def told(ask: str) -> Told:
    found = read_told(ask, supabase=False)
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_a_tale_becomes_what_a_senior_designs_but_for_what_is_noted(case: dict[str, Any]) -> None:
    assert asks_model(Brief(request=case["ask"]))
    assert sorted(lacks(case, decide(told(case["ask"])))) == sorted(case.get("lacks", []))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_postgresql_upholds_every_rule_of_the_tale(case: dict[str, Any], server: Server) -> None:
    made = decide(told(case["ask"]))
    schema = schema_sql(made)
    for script in scripts(made):
        assert uphold(server, schema, read_trials(script.text)).wrong == (), script.path


@pytest.mark.parametrize("case", [c for c in CASES if "answer" in c], ids=lambda c: c["name"])
def test_the_question_put_is_answered_before_the_tables(case: dict[str, Any]) -> None:
    read = told(case["ask"])
    draft = advise_model(Brief(request=case["ask"]), read, "build")
    answer = conclude(read, draft, ()).answer
    first = answer.partition("Begin with schema.sql")[0].lower()
    for wanted in case["answer"]:
        assert any(each.lower() in first for each in wanted.split("|")), (wanted, first)


@pytest.mark.parametrize("ask", QUIET)
def test_what_is_no_data_model_is_left_to_others(ask: str) -> None:
    assert not asks_model(Brief(request=ask))


WEAKENED = {
    "the steps of a status": ("phone repair", "('received', 'diagnosed'), ", ""),
    "the counter": ("invoices", "last_number = last_number + 1", "last_number = last_number + 2"),
    "what is final": ("invoices", "OLD.status <> 'draft' AND (TG_OP", "false AND (TG_OP"),
    "the lines of what is final": ("invoices", "WHERE status <> 'draft'", "WHERE false"),
    "who and when together": ("piano lessons", "(paid_at, paid_by_id) IN (0, 2)",
                              "(paid_at, paid_by_id) IN (0, 1, 2)"),
    "one of two": ("coworking", "num_nonnulls(desk_id, meeting_room_id) = 1",
                   "num_nonnulls(desk_id, meeting_room_id) >= 1"),
    "an item in two bookings": ("camera rental", "item_id WITH =,", "item_id WITH =, id WITH =,"),
    "the times of a booking": ("camera rental", "ON UPDATE CASCADE", "ON UPDATE RESTRICT"),
    "one that is published": ("policy documents", "(policy_document_id) WHERE published",
                              "(policy_document_id, id) WHERE published"),
    "the bounds of a vote": ("choir vote", "score BETWEEN 1 AND 5", "score BETWEEN 1 AND 6"),
    "one vote for each": ("choir vote", "UNIQUE (member_id, song_id)",
                          "UNIQUE (member_id, song_id, id)"),
    "a user of another company": ("tenant tracker", "FOREIGN KEY (company_id, user_id)\n    "
                                  "REFERENCES users (company_id, id)",
                                  "FOREIGN KEY (user_id)\n    REFERENCES users (id)"),
    "whom one follows": ("polls", "follower_id <> followed_id", "true"),
    "two shifts at a time": ("volunteer shifts", "volunteer_id WITH =,",
                             "volunteer_id WITH =, id WITH =,"),
}  # fmt: skip


@pytest.mark.parametrize("name", WEAKENED)
def test_a_weakened_rule_of_a_tale_does_not_pass_its_trials(name: str, server: Server) -> None:
    tale, rule, weaker = WEAKENED[name]
    made = decide(told(BY_NAME[tale]))
    whole = schema_sql(made)
    assert rule in whole
    holed = whole.replace(rule, weaker)
    wrong = [w for s in scripts(made) for w in uphold(server, holed, read_trials(s.text)).wrong]
    assert wrong


def test_a_tale_in_broken_lines_is_read_as_in_one() -> None:
    for name in ("camera rental", "comments", "tenant tracker"):
        words = BY_NAME[name].split(" ")
        lines = "\n".join(" ".join(words[n : n + 7]) for n in range(0, len(words), 7))
        assert asks_model(Brief(request=lines))
        assert decide(told(lines)).tables == decide(told(BY_NAME[name])).tables
        assert questions_in(lines) == questions_in(BY_NAME[name])


def test_what_the_model_answers_is_not_said_to_be_unanswered() -> None:
    found = advise_request(Brief(request=BY_NAME["tenant tracker"]))
    whole = with_others(Brief(request=BY_NAME["tenant tracker"]), found)
    assert "Tags as a table" in " ".join(whole.answer.split())
    assert not [u for u in whole.not_proved if "jsonb" in u.statement]


def test_things_that_find_no_place_are_named_and_get_no_table() -> None:
    ask = BY_NAME["leasing cars"]
    read = told(ask)
    answer = conclude(read, advise_model(Brief(request=ask), read, "build"), ()).answer
    assert "inspections" in answer.partition("found no place in it")[2]


def test_a_place_is_no_thing_and_a_language_is_kept() -> None:
    assert heard_text("We have halls in York.") == "We have halls."
    assert "in German" in heard_text("Titles are in German and French.")


def test_no_price_is_made_up_where_nobody_speaks_of_money() -> None:
    products = decide(told(BY_NAME["food bank"])).by_name["products"]
    assert not {"price", "currency"} & {c.name for c in products.columns}
    sold = decide(told("A shop sells products. Customers place orders for products.")).by_name
    assert "price" in {c.name for c in sold["products"].columns}
