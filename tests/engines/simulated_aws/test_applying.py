"""Generated deployments are made whole on a simulated AWS, and one that is not right is not."""

import pytest
from test_guide import made

from blueproof.engines.simulated_aws.applying import Applied, apply_files, missing

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all is there"),
]

SMALL = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  type = string
}

resource "aws_iam_role" "run" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "x.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "run" {
  name   = "own"
  role   = ROLE
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*" }]
  })
}
"""


def applied(files: dict[str, str]) -> Applied:
    found = apply_files(files, {})
    assert found is not None
    return found


@pytest.mark.parametrize("case", ["fargate", "lambda"])
def test_a_generated_deployment_is_made_as_its_guide_says(case: str) -> None:
    found = applied(made(case))
    assert found.failures == ()
    assert found.made == found.expected > 0
    assert found.replayed > 10
    assert "docker build" in found.not_replayed
    judged = [probe for probe in found.probes if probe.is_judged]
    assert len(judged) / len(found.probes) > 0.9
    assert {probe.got for probe in judged} == {"allowed", "denied"}
    assert found.seconds < 600


def test_without_a_guide_stacks_are_made_too_and_their_roles_tried() -> None:
    found = applied({"infra/a/main.tf": SMALL.replace("ROLE", "aws_iam_role.run.id")})
    assert (found.made, found.expected) == (2, 2)
    assert found.failures == (
        "api: sns:Publish on arn:aws:sns:us-east-1:123456789012:others is allowed, not denied",
    )


def test_what_aws_refuses_is_a_failure() -> None:
    found = applied({"infra/a/main.tf": SMALL.replace("ROLE", '"nobody"')})
    assert (found.made, found.expected) == (1, 2)
    assert any("nobody" in sentence for sentence in found.failures)
