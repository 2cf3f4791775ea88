"""The simulated AWS answers what Terraform asks, carries commands out, and ends when told to."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pretended import started

from blueproof.core.errors import EngineError
from blueproof.engines.simulated_aws import serving, shim
from blueproof.engines.simulated_aws.commands import carry_out
from blueproof.engines.simulated_aws.guide import put_image
from blueproof.engines.simulated_aws.serving import ACCOUNT, SimulatedAws


@pytest.fixture(scope="module")
def aws() -> SimulatedAws:
    return started()


def test_a_scaling_target_has_tags_to_read(aws: SimulatedAws) -> None:
    client = aws.client("application-autoscaling")
    assert client.list_tags_for_resource(ResourceARN="arn:any")["Tags"] == {}


def test_a_budget_tells_who_is_told(aws: SimulatedAws) -> None:
    client = aws.client("budgets")
    kinds = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN"}
    notifications = [{**kinds, "Threshold": at, "ThresholdType": "PERCENTAGE"} for at in (80, 99)]
    told = [[{"SubscriptionType": "EMAIL", "Address": f"{n}@example.com"}] for n in (1, 2)]
    limit = {"Amount": "5", "Unit": "USD"}
    client.create_budget(
        AccountId=ACCOUNT,
        Budget={"BudgetName": "b", "BudgetLimit": limit, "TimeUnit": "MONTHLY",
                "BudgetType": "COST"},
        NotificationsWithSubscribers=[
            {"Notification": n, "Subscribers": s}
            for n, s in zip(notifications, told, strict=True)
        ],
    )  # fmt: skip
    for notification, expected in zip(notifications, told, strict=True):
        answer = client.describe_subscribers_for_notification(
            AccountId=ACCOUNT, BudgetName="b", Notification=notification
        )
        assert answer["Subscribers"] == expected
    assert client.list_tags_for_resource(ResourceARN="arn:any")["ResourceTags"] == []


def test_the_members_of_a_replication_group_are_there(aws: SimulatedAws) -> None:
    client = aws.client("elasticache")
    client.create_replication_group(
        ReplicationGroupId="api", ReplicationGroupDescription="x", CacheNodeType="cache.t4g.micro",
        Engine="valkey", NumCacheClusters=2, AutomaticFailoverEnabled=True,
    )  # fmt: skip
    group = client.describe_replication_groups(ReplicationGroupId="api")["ReplicationGroups"][0]
    assert len(group["MemberClusters"]) == 2
    for name in group["MemberClusters"]:
        (cluster,) = client.describe_cache_clusters(CacheClusterId=name)["CacheClusters"]
        assert (cluster["CacheNodeType"], cluster["Engine"]) == ("cache.t4g.micro", "valkey")


def test_two_databases_have_numbers_of_their_own(aws: SimulatedAws) -> None:
    client = aws.client("rds")
    made = [
        client.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres",
            AllocatedStorage=20, MasterUsername="app", MasterUserPassword="e" * 16,
        )["DBInstance"]["DbiResourceId"]
        for name in ("one", "two")
    ]  # fmt: skip
    assert len(set(made)) == 2
    asked = [{"Name": "dbi-resource-id", "Values": made[:1]}]
    (found,) = client.describe_db_instances(Filters=asked)["DBInstances"]
    assert found["DBInstanceIdentifier"] == "one"


def test_another_version_of_moto_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shim, "version", lambda _: "5.3.0")
    with pytest.raises(EngineError, match=r"moto 5\.3\.0 is not the one"):
        shim.fill_gaps()


def test_commands_are_carried_out_by_their_options(aws: SimulatedAws) -> None:
    done = carry_out(aws, ("aws", "ecr", "create-repository", "--repository-name", "shop"))
    assert (done.wrong, done.skipped) == ("", "")
    assert put_image(aws, "shop", "first") == ""
    asked = ("aws", "ecr", "describe-images", "--repository-name=shop", "--image-ids",
             "imageTag=first", "--query", "imageDetails[0].imageDigest", "--output",
             "text")  # fmt: skip
    assert carry_out(aws, asked).out.startswith("sha256:")
    assert len(carry_out(aws, asked).out.strip()) == 71


WRONG = {
    "what is not there": ("aws", "ecr", "describe-images", "--repository-name", "none"),
    "an option that there is not": ("aws", "ecr", "describe-images", "--name", "shop"),
    "an option left out": ("aws", "ecr", "describe-images"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_command_that_aws_would_refuse_is_wrong(aws: SimulatedAws, case: str) -> None:
    assert carry_out(aws, WRONG[case]).wrong


@pytest.mark.parametrize("words", ["aws s3 ls", "aws ecs wait services-stable", "aws ecr sing"])
def test_a_command_that_is_no_operation_is_skipped_by_name(aws: SimulatedAws, words: str) -> None:
    assert carry_out(aws, tuple(words.split())).skipped == " ".join(words.split()[:3])


def test_the_person_s_own_keys_and_proxies_are_not_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY", "TF_VAR_domain", "TF_LOG"):
        monkeypatch.setenv(name, "mine")
    found = serving.variables("http://127.0.0.1:1", Path("/nowhere"), {})
    assert "mine" not in found.values()
    assert found["AWS_ACCESS_KEY_ID"] == "testing"


def test_it_ends_with_its_context_and_with_whoever_started_it() -> None:
    if lacks := serving.missing():
        pytest.skip(f"the simulated AWS needs {lacks}")
    script = (
        "import os\nfrom blueproof.engines.simulated_aws.serving import SimulatedAws\n"
        "aws = SimulatedAws().__enter__()\nprint(aws._child.pid, flush=True)\nos._exit(1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    number = int(done.stdout)
    for _ in range(50):
        if not _runs(number):
            return
        time.sleep(0.1)
    pytest.fail("the simulated AWS outlived whoever started it")


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_patch_that_moto_no_longer_needs_is_refused() -> None:
    class Known:
        def list_tags_for_resource(self) -> str:
            return json.dumps({})

    with pytest.raises(EngineError, match="no longer needed"):
        shim.add(Known, Known.list_tags_for_resource)
