"""Monitoring of a system as a whole: what wakes somebody, from which figures on, in which files."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.observe.advise import Watch, conclude
from blueproof.advisors.observe.owning import SLOT, is_about_watching, observes
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


PAGES = (
    "which alarms should actually page me at night? we're 2 people, 40k req/day, api on ecs "
    "fargate + rds postgres t4g.medium (100gb gp3) + sqs for emails. Last month the pager went off "
    "31 times and 28 of them were nothing (cpu > 80% for 1 min mostly). we promised 99.9%."
)
FEW = (
    "What thresholds should I put for alarms on a small saas? API gateway + lambda + dynamodb, 2M "
    "requests/month, 3 devs, stripe webhooks. I don't want 50 alarms. SLO is 99.5 of requests "
    "under 1s"
)
MANY = (
    "140 monitors, 4 devs on rotation. what should wake us? stack: EKS, RDS Aurora Postgres, "
    "ElastiCache Redis, stripe. about 300 rps daytime, SLA 99.95% in the contracts"
)


def answer_of(request: str) -> str:
    brief = read_request(request)
    assert is_about_watching(brief) or observes(brief)
    return " ".join(conclude(Watch(brief=brief)).answer.split())


def test_what_the_pages_were_worth_is_said_behind_what_wakes_and_what_waits() -> None:
    answer = answer_of(PAGES)
    assert answer.startswith("Wake somebody for 4 signals only")
    assert "wait for the morning: one request in a hundred" in answer
    assert "Of 31 pages 3 were real (10%)" in answer
    assert "CPU above 80 % for 1 min wakes nobody" in answer
    assert "(99.9 % leaves 43.2)" not in answer


def test_alarms_that_are_not_wanted_are_none_and_a_share_of_requests_is_a_goal() -> None:
    answer = answer_of(FEW)
    assert "Of your 50 alarms" not in answer
    assert "99.5 % leaves 216 minutes" in answer
    assert "a request above 1s is a failed one" in answer


def test_what_shall_wake_is_no_design_of_the_stack() -> None:
    assert is_about_watching(read_request(MANY))
    assert "Of your 140 alarms none may wake" in answer_of(MANY)
    assert not is_about_watching(read_request("Design the AWS stack for 300 rps with EKS and RDS"))
