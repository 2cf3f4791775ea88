"""Options of AWS's command line are read by the type of the parameter that they set."""

from typing import Any

import pytest

from blueproof.engines.simulated_aws.commands import _given

botocore = pytest.importorskip("botocore.session", reason="pip install 'blueproof[prove]'")

CASES = (
    ("secretsmanager", "PutSecretValue", {"secret-string": ['{"KEY": "..."}']},
     {"SecretString": '{"KEY": "..."}'}),
    ("ecr", "DescribeImages", {"image-ids": ["imageTag=first"]},
     {"imageIds": [{"imageTag": "first"}]}),
    ("ecr", "DescribeImages", {"image-ids": ['[{"imageTag": "first"}]']},
     {"imageIds": [{"imageTag": "first"}]}),
    ("ecs", "UpdateService", {"desired-count": ["3"], "no-enable-execute-command": []},
     {"desiredCount": 3, "enableExecuteCommand": False}),
)  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "options", "expected"), CASES)
def test_an_option_is_read_by_its_type(
    service: str, operation: str, options: dict[str, list[str]], expected: dict[str, Any]
) -> None:
    model = botocore.get_session().get_service_model(service)
    assert dict(_given(model.operation_model(operation).input_shape, options)) == expected


def test_an_option_that_there_is_not_is_refused() -> None:
    model = botocore.get_session().get_service_model("ecs")
    with pytest.raises(ValueError, match="there is no option --nonsense"):
        dict(_given(model.operation_model("UpdateService").input_shape, {"nonsense": ["1"]}))
