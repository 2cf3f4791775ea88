"""Monitoring of a system as a whole: what wakes somebody, from which figures on, in which files."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.observe.advise import Watch
from blueproof.advisors.observe.owning import SLOT, observes
from blueproof.advisors.observe.prometheus import FILE, rules
from blueproof.advisors.observe.signals import Aim, failures, signals
from blueproof.advisors.observe.terraform import files
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "requests.yaml").read_text(encoding="utf-8")
)
WATCHED = [case for case in CASES if "says" in case]


@pytest.mark.parametrize("case", WATCHED, ids=lambda case: case["text"][:40])
def test_what_wakes_somebody_fits_the_parts_and_figures(case: dict[str, Any]) -> None:
    watch = Watch(brief=read_request(case["text"]))
    assert [s.name for s in watch.pages] == case["pages"]
    found = consult(watch.brief)
    for words in case["says"]:
        assert words in found.answer, found.answer
    for words in case.get("never", ()):
        assert words not in found.answer, found.answer
    assert [r.slot for r in found.recommendations] == [SLOT]
    for path in case.get("files", ()):
        assert path in {a.path for a in found.artifacts}
    assert all(p.verdict != "refuted" for p in found.proofs)


@pytest.mark.parametrize("case", [c for c in CASES if "says" not in c], ids=lambda c: c["text"])
def test_other_questions_are_left_to_others(case: dict[str, Any]) -> None:
    brief = read_request(case["text"])
    slots = [r.slot for r in consult(brief).recommendations]
    assert SLOT not in slots


def test_nothing_is_watched_of_what_is_not_there() -> None:
    assert not observes(read_request("We want monitoring and alerting for our app, how?"))
    names = {s.name for s in signals(frozenset({"amazon-sqs"}), Aim(rate=10))}
    assert names == {"jobs_wait", "jobs_given_up", "probe"}


@pytest.mark.parametrize(("rate", "least"), [(0.1, 5), (1, 5), (40, 173), (1000, 4320)])
def test_somebody_is_woken_where_the_goal_is_missed_14_times_too_fast(
    rate: float, least: int
) -> None:
    assert failures(Aim(rate=rate)) == least


def test_what_fails_is_alarmed_on_by_its_share_and_not_by_a_count_of_the_peak() -> None:
    text = files(signals(frozenset({"aws-fargate"}), Aim(rate=40)), "eu-west-1")[
        "monitoring/alarms.tf"
    ]
    alarm = text.partition('"requests_fail"')[2].partition("\n}\n")[0]
    assert "FILL(failed,0)+FILL(refused,0)" in alarm
    assert "RequestCount" in alarm
    assert "HTTPCode_ELB_5XX_Count" in alarm
    assert "= 1.44" in alarm


def test_every_alarm_reaches_a_topic_and_silence_is_bad_where_it_must_be() -> None:
    made = files(
        signals(frozenset({"aws-fargate", "stripe", "amazon-rds"}), Aim(rate=40)), "eu-west-1"
    )
    text = made["monitoring/alarms.tf"]
    assert text.count("alarm_actions") == text.count('resource "aws_cloudwatch_metric_alarm"')
    silent = text.partition('"payments_silent"')[2].partition("\n}\n")[0]
    assert '"breaching"' in silent
    assert "period                    = 1800" in silent or "= 1800" in silent
    assert '"eu-west-1"' in made["monitoring/variables.tf"]


def test_where_prometheus_watches_the_alarms_are_its_rules() -> None:
    aim = Aim(rate=90, goal=0.9995)
    found = signals(frozenset({"amazon-eks", "celery", "stripe", "amazon-rds"}), aim)
    told = yaml_file.load(rules(found, aim)[FILE])["groups"][0]["rules"]
    by_name = {rule["alert"]: rule for rule in told}
    assert "> 0.0072 " in by_name["RequestsFail"]["expr"]
    assert by_name["WorkerSilent"]["labels"] == {"severity": "page"}
    assert "absent(worker_beats_total)" in by_name["WorkerSilent"]["expr"]
    assert by_name["AlarmsAreAlive"]["labels"] == {"severity": "beat"}
    assert "DatabaseFull" not in by_name
