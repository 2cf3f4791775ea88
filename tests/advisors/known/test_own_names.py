"""The person's own names stand in the commands; a word that is no name does not."""

import pytest

from blueproof.advisors.known.own_names import in_own_names, own_name

TOLD = (
    ("CLUSTER", "node on ECS fargate (service checkout-api, cluster prod), RDS", "prod"),
    ("DEPLOYMENT", "EKS, deployment orders-api in namespace shop. The release", "orders-api"),
    ("NAMESPACE", "EKS, deployment orders-api in namespace shop. The release", "shop"),
    ("DEPLOYMENT", "our payments-worker pods restart", "payments-worker"),
    ("FUNCTION", "lambda resize-images times out", "resize-images"),
    ("SERVICE", "service: api, cluster=main", "api"),
    ("APP", "Our heroku app shop-prod is down", "shop-prod"),
    ("DEPLOYMENT", "node app (3 replicas, deployment api namespace core) crashes", "api"),
    ("SERVICE", "the service is down and the cluster is full", ""),
    ("CLUSTER", "the service is down and the cluster is full", ""),
    ("CLUSTER", "cluster mode disabled", ""),
    ("FUNCTION", "our lambda function keeps timing out", ""),
    ("DEPLOYMENT", "since deploy v2.14 at 9", ""),
    ("SERVICE", "we have a read-only service", ""),
)


@pytest.mark.parametrize(("role", "text", "name"), TOLD)
def test_a_name_is_read_by_its_noun(role: str, text: str, name: str) -> None:
    assert own_name(role, text) == name


def test_a_statement_of_sql_keeps_its_words() -> None:
    assert in_own_names("CREATE FUNCTION f()", "lambda resize-images") == "CREATE FUNCTION f()"
