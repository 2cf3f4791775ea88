"""What moto lacks of the calls that Terraform makes for our stacks; each patch says what for.

It is made for moto 5.2: another version is refused, since a patch may then hide what is new there.
It runs inside the process of the simulated AWS only.
"""

import json
from importlib import import_module
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from blueproof.core.errors import EngineError

FROM, BELOW = (5, 2, 5), (5, 3)


def fill_gaps() -> None:
    """Patches moto; EngineError where its version is another one than this was made for."""
    have = tuple(int(part) for part in version("moto").split(".")[:3] if part.isdigit())
    if not FROM <= have < BELOW:
        raise EngineError(f"moto {version('moto')} is not the one that this was made for")
    _scaling_tags()
    _budget_subscribers()
    _cache_members()
    _database_numbers()


def _scaling_tags() -> None:
    """aws_appautoscaling_target reads its tags; moto knows none."""
    responses = import_module("moto.applicationautoscaling.responses")

    def list_tags_for_resource(_: Any) -> str:
        return json.dumps({"Tags": {}})

    add(responses.ApplicationAutoScalingResponse, list_tags_for_resource)


def _budget_subscribers() -> None:
    """aws_budgets_budget reads who is told by each notification, and its tags."""
    responses = import_module("moto.budgets.responses")

    def describe_subscribers_for_notification(self: Any) -> str:
        wanted, account = self._get_param("Notification"), self._get_param("AccountId")
        budget = self.backend.budgets[account][self._get_param("BudgetName")]
        for notification in budget.notifications:
            if _is_same(notification.details, wanted):
                return json.dumps({"Subscribers": notification.subscribers})
        return json.dumps({"Subscribers": []})

    def list_tags_for_resource(_: Any) -> str:
        return json.dumps({"ResourceTags": []})

    add(responses.BudgetsResponse, describe_subscribers_for_notification)
    add(responses.BudgetsResponse, list_tags_for_resource)


def _database_numbers() -> None:
    """aws_db_instance is read by its resource id, which moto gives to all of them alike."""
    models = import_module("moto.rds.models")
    begun = models.DBInstance.__init__

    def numbered(self: Any, *args: Any, **arguments: Any) -> None:
        begun(self, *args, **arguments)
        self.dbi_resource_id = f"db-{uuid4().hex[:26].upper()}"

    models.DBInstance.__init__ = numbered


def _is_same(details: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether two notifications are one: all but the state that AWS adds is the same."""
    keys = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
    return all(details.get(key) == wanted.get(key) for key in keys)


def _cache_members() -> None:
    """aws_elasticache_replication_group reads the clusters that are its members.

    Moto makes one, whatever number is asked for, unless it is told how many replicas that is.
    """
    models = import_module("moto.elasticache.models")
    made = models.ElastiCacheBackend.create_replication_group

    def create_replication_group(self: Any, **arguments: Any) -> Any:
        wanted = arguments.get("num_cache_clusters") or 1
        replicas = arguments.get("replicas_per_node_group") or wanted - 1
        group = made(self, **{**arguments, "replicas_per_node_group": replicas})
        for name in group.member_clusters:
            self.create_cache_cluster(**_member(self, name, group, arguments))
        return group

    models.ElastiCacheBackend.create_replication_group = create_replication_group


def _member(backend: Any, name: str, group: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments by which moto makes a cluster; what the group does not tell is None."""
    code = backend.create_cache_cluster.__code__
    unknown = dict.fromkeys(code.co_varnames[1 : code.co_argcount])
    shared = {key: value for key, value in arguments.items() if key in unknown}
    own = {
        "cache_cluster_id": name,
        "replication_group_id": group.replication_group_id,
        "num_cache_nodes": 1,
        "tags": [],
    }
    return {**unknown, **shared, **own}


def add(to: Any, method: Any) -> None:
    """Adds a method that moto's class must not have yet: if it has, the patch is out of date."""
    if hasattr(to, method.__name__):
        raise EngineError(f"moto has {method.__name__} now: its patch is no longer needed")
    setattr(to, method.__name__, method)
