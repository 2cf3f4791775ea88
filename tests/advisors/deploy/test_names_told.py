"""The names that words tell stand in the files; what is no name of theirs is left alone."""

from pathlib import Path

import pytest
from answering import answered, brief_of

from blueproof.advisors.deploy.names import Names, filled_in, names_of
from blueproof.advisors.deploy.owning import deploys
from blueproof.intake.words.read import read_request

TOLD = (
    "Node.js API with Postgres to AWS ECS Fargate by GitHub Actions. Repo is "
    "github.com/northlight/orders-api, AWS account 418273649012 in eu-central-1, domain "
    "api.northlight.io (zone in Route 53). The database is on RDS "
    "(orders-prod.c9x2.eu-central-1.rds.amazonaws.com) in the default VPC. How do we set up CI/CD?"
)
READ = {
    "repo: bluefin-labs/pricing-svc": ("repository", "bluefin-labs/pricing-svc"),
    "git@github.com:acme/shop.git": ("repository", "acme/shop"),
    "see https://github.com/acme/shop/tree/main/api": ("repository", "acme/shop"),
    "GitHub (org: tidewater, repo: booking-api)": ("repository", "tidewater/booking-api"),
    "project path kestrel/team/billing-api": ("repository", "kestrel/team/billing-api"),
    "repo with apps/api and apps/worker": ("repository", ""),
    "GitHub actions/checkout fails in CI/CD": ("repository", ""),
    "repo a/b for one and repo c/d for the other": ("repository", ""),
    "staging account 111122223333 and prod account 444455556666": ("account", ""),
    "order number 418273649012": ("account", ""),
    "domain shop.co.uk": ("zone", "shop.co.uk"),
    "our domain is events. They come in": ("domain", ""),
    "db-1.cluster-abc.eu-west-1.rds.amazonaws.com": ("database", ""),
    "private subnets subnet-0aaa111, subnet-0bbb222": (
        "private_subnets", ("subnet-0aaa111", "subnet-0bbb222"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", READ)
def test_names_are_read_and_others_left(words: str) -> None:
    part, expected = READ[words]
    assert getattr(names_of(words), part) == expected


def test_told_names_stand_in_guide_trust_and_answer(tmp_path: Path) -> None:
    made = answered(brief_of({"request": TOLD}, tmp_path))
    assert made is not None
    guide = made.files["GUIDE.md"]
    for line in ("export REPOSITORY=northlight/orders-api", "= 418273649012 #",
                 "export DOMAIN=api.northlight.io ZONE=northlight.io",
                 "export DATABASE_INSTANCE=orders-prod\n"):  # fmt: skip
        assert line in guide
    assert "example.com ZONE" not in guide
    assert '"northlight/orders-api"' in made.files["infra/bootstrap/variables.tf"]
    assert "trust runs of northlight/orders-api alone" in made.text


MONOREPO = (
    "{} monorepo: apps/api (Fastify), apps/worker (BullMQ consumer). Deploying to AWS from GitHub "
    "Actions, want only the changed app to be deployed. What is the cleanest setup? On Render now."
)


@pytest.mark.parametrize(("tool", "built"), [
    ("pnpm", "docker build -f apps/api/Dockerfile ."), ("npm", "docker build apps/api`"),
])  # fmt: skip
def test_app_of_a_workspace_is_built_from_its_root(tool: str, built: str, tmp_path: Path) -> None:
    made = answered(brief_of({"request": MONOREPO.format(tool)}, tmp_path))
    assert made is not None
    assert built in made.text


WAYS = {
    "Solo dev, $20/mo max. Go API + Postgres. want push to main = deployed on AWS with CI.": True,
    "We want to cut the cost. Our Go API is deployed on AWS with Postgres and costs $900.": False,
    "Why does our Fastify API deployed on AWS with GitHub Actions cost so much?": False,
}


@pytest.mark.parametrize("words", WAYS)
def test_what_shall_be_deployed_is_told_from_what_is(words: str) -> None:
    assert deploys(read_request(words)) is WAYS[words]


def test_guide_without_names_stays_as_it_is() -> None:
    text = "export REPOSITORY=$(gh repo view)\nexport DOMAIN=api.example.com ZONE=example.com\n"
    assert filled_in(text, Names()) == text
