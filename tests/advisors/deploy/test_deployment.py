"""A deployment's files are accepted by the tools that read them, and fit the case."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from blueproof.advisors.deploy.advise import advise, bills, conclude, files
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.owning import deploys
from blueproof.cloud.hcl import print_stack
from blueproof.cloud.reading import read_stack
from blueproof.cloud.stack import expressions
from blueproof.core.brief import Fact
from blueproof.costs.aws_stack import FREE, PRICED, unpriced
from blueproof.engines import linters, terraform
from blueproof.facts.pinned import actions, uses
from blueproof.intake.answers import with_answers
from blueproof.intake.paths import with_folder
from blueproof.intake.words.read import read_request

CASES = {
    "unknown load": "I need to deploy my Node.js API to AWS with proper CI/CD. What's best?",
    "two million": "Express API with Postgres and Prisma, about 2 million requests a month, budget "
    "$40 a month. How should I deploy it to AWS with GitHub Actions?",
    "hobby": "Side project: Express and DynamoDB, 20k requests a month, $5 a month. How do I "
    "deploy it to AWS Lambda with CI/CD?",
    "large": "We get 300 requests per second on our Fastify service with Postgres and Redis and "
    "want zero downtime deploys on ECS with CI/CD on AWS",
    "websockets": "How do I deploy a NestJS API with websockets and Postgres to AWS with CI/CD?",
}


@cache
def deployment(case: str) -> Deployment:
    return Deployment(read_request(CASES[case]))


@cache
def made(case: str) -> dict[str, str]:
    return files(deployment(case))


OWNED = (
    "Our Koa API (TypeScript, Postgres via Knex) serves a booking app, 600k requests a month, 90 "
    "dollars a month. How do we ship it to AWS with GitHub Actions and migrations?",
    "We have a Node backend with Prisma and want to move it from Heroku to AWS. How?",
    "What's the cheapest way to host a small Fastify API with Postgres on AWS with automatic "
    "deploys?",
    "ECS or Lambda for our Express API, 3 million requests a month? We deploy with GitHub Actions.",
    "node api, aws, how deploy? budget 30 usd month",
    "How do I deploy my Express API with Postgres, with websockets, on ECS Fargate?",
    "How do I deploy my NestJS API with Postgres to AWS with CI/CD? It needs HIPAA.",
    "Our Koa API (TypeScript, Knex, Postgres 16) serves a booking app with about 900k requests a "
    "month. We want to leave Heroku for AWS in Frankfurt, budget 90 euros a month, deploys from "
    "GitHub without keys. How?",
    "How do I deploy a Django API to AWS with CI/CD?",
    "NestJS API, Docker, Aurora Postgres, 12 requests a second by day. Which AWS service should we "
    "run it on?",
    "How do I deploy my Node.js API with MongoDB Atlas and image uploads to S3 on Lambda?",
    "Set up CI/CD for this Express API please. GitHub Actions -> AWS ECS Fargate, staging then "
    "production with an approval, prisma migrations, and I want to roll back in minutes. Thanks!",
    "need a github actions pipeline for our express api to AWS. now i ssh into an ec2 and git "
    "pull, clients get 502 at every deploy. want tests, staging first, approval to prod, db "
    "migrations run automaticly, rollback in <5 min. whats wrong with my dockerfile too?",
)
OTHERS = (
    "My Fargate deployment of an Express app fails with CannotPullContainerError, why?",
    "How do I deploy my Node API to Vercel?",
    "How do I deploy a Laravel API to AWS with CI/CD?",
    "We deploy our Node API to AWS and Prisma runs out of connections, how do we fix it?",
    "How do I deploy my Expo app updates with EAS?",
    "Which AWS service should we use for the secrets of our Node API?",
    "We deploy our Express API to AWS. How do we rename a column in a Prisma migration safely?",
    "Why does the GitHub Actions pipeline of our Express API to AWS end with AccessDenied?",
)


@pytest.mark.parametrize("words", [*CASES.values(), *OWNED])
def test_a_request_to_bring_a_node_service_to_aws_is_owned(words: str) -> None:
    assert deploys(read_request(words))


@pytest.mark.parametrize("words", OTHERS)
def test_a_failure_another_host_or_another_language_is_not(words: str) -> None:
    assert not deploys(read_request(words))


def test_a_staging_is_billed_beside_production() -> None:
    brief = read_request("How do I deploy my Express API with Postgres to AWS with CI/CD?")
    alone = Deployment(brief)
    words = brief.request.replace("?", ", with a staging environment?")
    both = Deployment(read_request(words))
    assert not alone.chosen_form.staging
    assert both.chosen_form.staging
    more = both.total("fargate", "standard") - alone.total("fargate", "standard")
    assert 0 < more < alone.total("fargate", "standard")
    assert "Make staging" in files(both)["GUIDE.md"]


def test_scripts_that_nobody_saw_are_assumed_and_said() -> None:
    unseen = Deployment(read_request(OWNED[0]))
    assert ("scripts", "build, test") in {(a.key, a.value) for a in unseen.service.assumed}
    assert "npm run build" in files(unseen)["Dockerfile"]
    assert "npm run test" in files(unseen)[".github/workflows/ci.yml"]


def test_it_runs_where_and_on_what_the_words_say() -> None:
    words = "How do I deploy our Koa API to AWS in Frankfurt? Postgres 16, it sends mail by SMTP."
    found = files(Deployment(read_request(words)))
    assert 'default     = "eu-central-1"' in found["infra/service/variables.tf"]
    assert "AWS_REGION=eu-central-1" in found["GUIDE.md"]
    assert re.search(r'engine_version +"?= "16"', found["infra/service/database.tf"])
    assert "service_smtp_587" in found["infra/service/network.tf"]
    europe = Deployment(with_answers(read_request(CASES["unknown load"]), ("region=eu",)))
    assert europe.chosen_form.region == "eu-west-1"


def test_the_sample_is_deployed_by_its_own_scripts() -> None:
    folder = Path(__file__).parents[3] / "src/blueproof/demo/deploy"
    sample = Deployment(with_folder(read_request(CASES["unknown load"]), folder))
    assert sample.service.migrate == "node --run migrate"
    assert sample.service.start == "node src/server.js"
    found = files(sample)
    assert "node --run migrate" in found[".github/workflows/ci.yml"]
    assert 'require("../app/lifecycle.mjs")' in found["GUIDE.md"]
    assert '"command": ["node", "--run", "migrate"]' in found[".github/workflows/deploy.yml"]


def test_the_shape_and_size_fit_the_case() -> None:
    chosen = {case: deployment(case).chosen for case in CASES}
    assert chosen == {
        "unknown load": ("fargate", "standard"),
        "two million": ("lambda", "standard"),
        "hobby": ("lambda", "small"),
        "large": ("fargate", "large"),
        "websockets": ("fargate", "standard"),
    }


def test_a_budget_makes_it_smaller_and_one_below_everything_is_told() -> None:
    brief = read_request(CASES["unknown load"])
    assert Deployment(with_answers(brief, ("budget=60",))).tier == "small"
    assert Deployment(with_answers(brief, ("budget=5",))).is_over
    assert not Deployment(with_answers(brief, ("budget=1000",))).is_over


@pytest.mark.parametrize("case", CASES)
def test_terraform_accepts_both_stacks(case: str) -> None:
    infra = {path: text for path, text in made(case).items() if path.endswith(".tf")}
    said = (terraform.formatted(infra), terraform.valid(infra))
    if None in said:
        pytest.skip("terraform or its provider is not there")
    assert said == ((), ())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "lint", [linters.zizmor, linters.workflow_schema, linters.shellcheck, linters.hadolint]
)
def test_the_linters_accept_pipeline_and_image(case: str, lint: object) -> None:
    assert callable(lint)
    part = ("Dockerfile",) if lint is linters.hadolint else (".github/workflows/",)
    found = lint({p: text for p, text in made(case).items() if p.startswith(part)})
    if found is None:
        pytest.skip("the linter is not installed: blueproof doctor --install deploy")
    assert found == ()


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_is_read_back_as_it_was(case: str) -> None:
    for stack in deployment(case).stacks.all:
        again = read_stack(print_stack(stack), stack.folder)
        assert {r.address for r in again.resources} == {r.address for r in stack.resources}
        for resource in stack.resources:
            twin = again.by_address[resource.address]
            assert sorted(expressions(twin.body)) == sorted(expressions(resource.body))


@pytest.mark.parametrize("case", CASES)
def test_every_reference_leads_somewhere(case: str) -> None:
    for stack in deployment(case).stacks.all:
        known = set(stack.by_address)
        assert {ref for r in stack.resources for ref in r.references} <= known
        assert stack.inputs >= {v.name for v in stack.variables} - {"name", "repository"}


@pytest.mark.parametrize("case", CASES)
def test_every_resource_that_costs_is_in_the_bill(case: str) -> None:
    bill = bills(deployment(case))[0]
    billed = {line.item.partition(": ")[0] for line in bill.lines}
    for stack in deployment(case).stacks.all:
        assert unpriced(stack) == ()
        gateways = {r.address for r in stack.made if r.kind == "aws_vpc_endpoint"}
        assert {r.address for r in stack.made if r.kind in PRICED} - gateways <= billed
    assert not FREE & set(PRICED)


@pytest.mark.parametrize("case", CASES)
def test_roles_trust_this_repository_and_its_environments_alone(case: str) -> None:
    stack = deployment(case).stacks.bootstrap
    trusts = {r.name: r for r in stack.data("aws_iam_policy_document") if r.name.endswith("_trust")}
    subjects = {}
    for name, document in trusts.items():
        (statement,) = document.body.blocks("statement")
        conditions = {
            c.text("variable").rpartition(":")[2]: c for c in statement.blocks("condition")
        }
        assert {c.text("test") for c in conditions.values()} == {"StringEquals"}
        assert conditions["aud"].texts("values") == ("sts.amazonaws.com",)
        subjects[name] = conditions["sub"].texts("values")
    # What is merged is planned once more, before somebody approves that plan.
    assert subjects["plan_trust"] == (
        "repo:${var.repository}:pull_request", "repo:${var.repository}:ref:refs/heads/main",
    )  # fmt: skip
    for name in ("apply_trust", "deploy_trust"):
        assert all(s.startswith("repo:${var.repository}:environment:") for s in subjects[name])
    assert not any("*" in subject for found in subjects.values() for subject in found)


@pytest.mark.parametrize("case", CASES)
def test_whoever_opens_a_pull_request_reads_no_secret(case: str) -> None:
    plan = deployment(case).stacks.bootstrap.by_address["data.aws_iam_policy_document.plan"]
    actions_of = [a for s in plan.body.blocks("statement") for a in s.texts("actions")]
    assert not [a for a in actions_of if a.endswith(("GetSecretValue", "PutObject", "*"))]


@pytest.mark.parametrize("case", CASES)
def test_only_the_load_balancer_is_open_to_the_internet(case: str) -> None:
    rules = deployment(case).stacks.main.of("aws_vpc_security_group_ingress_rule")
    opened = {r.body.text("security_group_id") for r in rules if r.body.get("cidr_ipv4")}
    assert opened <= {"aws_security_group.lb.id"}
    for database in deployment(case).stacks.main.of("aws_db_instance"):
        assert database.body.get("publicly_accessible") is False
        assert database.body.text("password_wo") == "var.database_password"
        assert database.body.get("password") is None


def test_nothing_large_is_in_the_small_one() -> None:
    kinds = {r.kind for r in deployment("hobby").stacks.main.made}
    assert not kinds & {
        "aws_nat_gateway",
        "aws_lb",
        "aws_vpc",
        "aws_db_instance",
        "aws_ecs_service",
    }
    assert "staging" not in made("hobby")[".github/workflows/deploy.yml"]
    assert {"aws_nat_gateway", "aws_lb"} <= {r.kind for r in deployment("large").stacks.main.made}


@pytest.mark.parametrize("case", CASES)
def test_every_action_is_one_that_was_looked_up(case: str) -> None:
    pinned = {uses(name) for name in actions()}
    for path, text in made(case).items():
        if path.startswith(".github/workflows/"):
            used = [line.split("uses: ")[1].split(" #")[0] for line in text.splitlines()
                    if "uses: " in line]  # fmt: skip
            assert {u for u in used if not u.startswith("./")} <= pinned


@pytest.mark.parametrize("case", CASES)
def test_an_inline_policy_fits_what_aws_takes(case: str) -> None:
    for stack in deployment(case).stacks.all:
        text = "".join(print_stack(stack).values())
        for document in stack.data("aws_iam_policy_document"):
            words = " ".join(
                word for s in document.body.blocks("statement")
                for word in (*s.texts("actions"), *s.texts("resources"))
            )  # fmt: skip
            assert len(words) < 9_000, document.address
        assert "AKIA" not in text


def test_the_guide_pushes_an_image_before_it_is_run() -> None:
    guide = made("unknown load")["GUIDE.md"]
    order = ["apply -var repository", "docker push", "gh variable set FIRST_IMAGE",
             "-var environment=production", "git push origin main"]  # fmt: skip
    places = [guide.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("case", CASES)
def test_every_variable_that_a_workflow_reads_is_set_by_the_guide(case: str) -> None:
    import re

    guide = made(case)["GUIDE.md"]
    for path, text in made(case).items():
        if path.startswith(".github/workflows/"):
            for name in re.findall(r"vars\.([A-Z_]+)", text):
                assert f"gh variable set {name}" in guide, f"{path}: {name}"


def test_what_was_seen_in_the_files_is_said_the_worst_first() -> None:
    brief = read_request("How do I deploy my Express API with Postgres to AWS with CI/CD?")
    places = (
        ("service.entry", "server.js", "server.js:3"),
        ("service.image-fault", "root", "Dockerfile:1"),
        ("service.image-fault", "secret API_KEY", "Dockerfile:4"),
    )
    read = tuple(Fact(key=k, value=v, source="file", where=w) for k, v, w in places)
    deployed = Deployment(replace(brief, facts=(*brief.facts, *read)))
    found = conclude(deployed, advise(deployed, brief, "how")).findings
    assert found[0].severity == "harm"
    assert found[0].says.startswith("API_KEY stands in the Dockerfile")
    assert {"image-root", "stops-cleanly"} <= {each.rule for each in found}
