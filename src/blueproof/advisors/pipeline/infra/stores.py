"""What is wrong with databases, tables, buckets and queues: data lost first, then data open."""

import re
from collections.abc import Iterator

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import sources
from blueproof.advisors.pipeline.infra.made import Infra, Made, Reference, blocks, texts
from blueproof.facts.retired import Retirement, retirements

_DATABASES = ("aws_db_instance", "aws_rds_cluster")
_TRIAL = re.compile(r"(?:^|[-_.\b])(?:dev|test|staging|stage|sandbox|preview|demo)", re.IGNORECASE)
_ANYONE = ("0.0.0.0/0", "::/0")
_MAJOR = re.compile(r"(\d+)")


def faults(infra: Infra) -> Iterator[Fault]:
    """The faults of all stores."""
    for made in infra.of(*_DATABASES):
        yield from _lost(made)
        yield from _reached(infra, made)
        yield from _written(made)
        yield from _old(made)
        yield from _single(made)
    for made in infra.of("aws_dynamodb_table"):
        yield from _table(made)
    for made in infra.of("aws_s3_bucket", "aws_s3_bucket_acl"):
        yield from _bucket(made)
    for made in infra.of("aws_sqs_queue"):
        yield from _queue(infra, made)
    for made in infra.of("aws_elasticache_replication_group", "aws_elasticache_cluster"):
        yield from _cache(made)


def is_trial(made: Made) -> bool:
    """Whether its names say that it is no production."""
    return bool(_TRIAL.search(f"{made.name} {made.text('identifier')} {made.path}"))


def _lost(made: Made) -> Iterator[Fault]:
    """Backups that are off, and what deletes the data with one command."""
    is_cluster = made.kind == "aws_rds_cluster"
    kept = made.get("backup_retention_period")
    replica = made.get("replicate_source_db") or (made.text("cfn_type") and kept is None)
    if made.number("backup_retention_period") == 0 or (
        kept is None and not replica and not is_cluster
    ):
        yield Fault(
            rule="no-backups", path=made.path, line=made.at("backup_retention_period"),
            rank="breaks",
            says=f"{made.address} keeps no automatic backups (backup_retention_period "
            f"{'is 0' if kept is not None else 'is not set, which is 0'}): there is no way back to "
            "before a bad migration or a deleted row",
            right="backup_retention_period = 7 (35 at most)",
            edits=made.setting("backup_retention_period", "7"), evidence=(sources.RDS,),
        )  # fmt: skip
    if is_trial(made):
        return
    skips = made.is_on("skip_final_snapshot") or made.text("deletion_policy") == "Delete"
    shielded = made.is_on("deletion_protection")
    said = "skip_final_snapshot is true" if made.is_terraform else "DeletionPolicy is Delete"
    if skips and not shielded:
        yield Fault(
            rule="deleted-for-good", path=made.path, line=made.at("skip_final_snapshot"),
            rank="breaks",
            says=f"{made.address}: {said} and deletion protection is not set: a "
            "destroy, or a change that replaces the instance, deletes all data and leaves no "
            "snapshot",
            right="deletion_protection = true; skip_final_snapshot = false; "
            'final_snapshot_identifier = "..."',
            edits=(*made.setting("skip_final_snapshot", "false"), *made.adding(
                "deletion_protection       = true",
                f'final_snapshot_identifier = "{made.text("identifier") or made.name}-final"')),
            evidence=(sources.RDS,),
        )  # fmt: skip
    elif shielded is not True and not isinstance(made.get("deletion_protection"), Reference):
        yield Fault(
            rule="no-deletion-protection", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} has no deletion protection: a change that replaces it, such as "
            "a new identifier, deletes the database in the same apply",
            right="deletion_protection = true",
            edits=made.setting("deletion_protection", "true"), evidence=(sources.RDS,),
        )  # fmt: skip


def _reached(infra: Infra, made: Made) -> Iterator[Fault]:
    public = made.is_on("publicly_accessible")
    doors = [g for g in infra.named("aws_security_group", made) if opens(g)]
    if public:
        both = bool(doors)
        yield Fault(
            rule="database-open" if both else "database-public", path=made.path,
            line=made.at("publicly_accessible"), rank="security",
            says=f"{made.address} has a public address"
            + (f" and its security group {doors[0].name} lets the whole internet in "
               f"({_ANYONE[0]}, line {doors[0].line}): anybody can try passwords on it"
               if both else ": only its security group stands between it and the internet"),
            right="publicly_accessible = false, private subnets, and an ingress from the "
            "service's security group alone",
            edits=made.setting("publicly_accessible", "false"), evidence=(sources.RDS,),
        )  # fmt: skip
    if made.is_on("storage_encrypted") is not True and not isinstance(
        made.get("storage_encrypted"), Reference
    ):
        yield Fault(
            rule="not-encrypted", path=made.path, line=made.at("storage_encrypted"),
            rank="security",
            says=f"{made.address} is not encrypted, and cannot be made so later except by a copy "
            "of a snapshot: set it before the first apply; on one that stands already the line "
            "replaces the database",
            right="storage_encrypted = true", evidence=(sources.ENCRYPTION,),
        )  # fmt: skip


def _written(made: Made) -> Iterator[Fault]:
    for key in ("password", "master_password"):
        said = made.get(key)
        if isinstance(said, str) and not isinstance(said, Reference) and said:
            if "{{resolve:" in said:
                continue
            yield Fault(
                rule="password-in-code", path=made.path, line=made.at(key), rank="security",
                says=f"the password of {made.address} stands in the code, so it is in git and in "
                "the state file in plain text: change it, it is known",
                right="manage_master_user_password = true (RDS keeps and rotates it in Secrets "
                "Manager)", evidence=(sources.SECRETS,),
            )  # fmt: skip


def _old(made: Made) -> Iterator[Fault]:
    engine, version = made.text("engine"), made.text("engine_version")
    major = _MAJOR.match(version)
    if "postgres" not in engine or not major:
        return
    gone = _ended("postgresql", "rds-postgresql", major[1])
    if gone:
        yield Fault(
            rule="engine-ended", path=made.path, line=made.at("engine_version"), rank="breaks",
            says=f"PostgreSQL {version} of {made.address}: standard support of {major[1]} on RDS "
            f"ended on {gone.ends}; from then on extended support is billed by vCPU and hour, and "
            "a new instance of it may be refused",
            right=f'engine_version = "17": {gone.instead}', evidence=(gone.citation,),
        )  # fmt: skip


def _ended(what: str, name: str, version: str) -> Retirement | None:
    """What had ended when the record was last looked at."""
    known = retirements()
    today = max(r.checked for r in known)
    return next(
        (r for r in known if (r.what, r.name) == (what, name) and r.covers(version)
         and r.ends <= today), None,
    )  # fmt: skip


def _single(made: Made) -> Iterator[Fault]:
    if made.kind == "aws_db_instance" and made.is_on("multi_az") is not True:
        if isinstance(made.get("multi_az"), Reference) or is_trial(made):
            return
        yield Fault(
            rule="one-zone", path=made.path, line=made.line, rank="speed",
            says=f"{made.address} stands in one zone: if that is lost it is down until restored "
            "(hours). multi_az doubles the price of the instance; for a small API one zone with "
            "backups is a fair choice, if you make it knowingly",
            right="multi_az = true, or leave it and test the restore",
        )  # fmt: skip


def _table(made: Made) -> Iterator[Fault]:
    if is_trial(made):
        return
    recovery = (*made.blocks("point_in_time_recovery"),
                *made.blocks("point_in_time_recovery_specification"))  # fmt: skip
    on = any(str(v).lower() == "true" or isinstance(v, Reference)
             for block in recovery for v in block.values())  # fmt: skip
    shielded = made.get("deletion_protection_enabled")
    retained = made.text("deletion_policy") == "Retain"
    missing = [
        *(() if on else ("point-in-time recovery",)),
        *(() if retained or isinstance(shielded, Reference) or made.is_on(
            "deletion_protection_enabled") else ("deletion protection",)),
    ]  # fmt: skip
    if missing:
        yield Fault(
            rule="table-unguarded", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} has no {' and no '.join(missing)}: one wrong apply or delete "
            "and its items are gone",
            right="point_in_time_recovery { enabled = true } and deletion_protection_enabled = "
            "true", evidence=(sources.DYNAMODB, sources.TABLE),
            edits=made.adding(
                *(() if "deletion protection" not in missing else (
                    "deletion_protection_enabled = true",)),
                *(() if "point-in-time recovery" not in missing else (
                    "point_in_time_recovery {", "  enabled = true", "}"))),
        )  # fmt: skip
    yield from _keys(made)


def _keys(made: Made) -> Iterator[Fault]:
    """Attributes that no key uses: Terraform's plan refuses them."""
    listed = {
        str(b.get("name") or b.get("attribute_name"))
        for name in ("attribute", "attribute_definitions") for b in made.blocks(name)
    }  # fmt: skip
    keys = {str(made.get(k)) for k in ("hash_key", "range_key") if made.get(k)}
    for index in (*made.blocks("global_secondary_index"), *made.blocks("local_secondary_index")):
        keys |= {str(index.get(k)) for k in ("hash_key", "range_key") if index.get(k)}
        keys |= {str(k) for b in blocks(index, "key_schema") for k in texts(b.get(
            "attribute_name"))}  # fmt: skip
    if not made.is_terraform or not listed or any("${" in k or "." in k for k in keys):
        return
    for name in sorted(listed - keys):
        yield Fault(
            rule="attribute-without-key", path=made.path, line=made.line_with(f'"{name}"'),
            rank="breaks",
            says=f"{made.address} declares the attribute {name}, which no key or index uses: "
            'the plan fails with "all attributes must be indexed". Only keys are declared; other '
            "attributes are just written",
            right=f"take the attribute block of {name} out", evidence=(sources.TABLE,),
        )  # fmt: skip


def _bucket(made: Made) -> Iterator[Fault]:
    acl = made.text("acl") or made.text("access_control")
    if acl.lower().startswith("public"):
        yield Fault(
            rule="bucket-public", path=made.path, line=made.line_with(acl), rank="security",
            says=f"{made.address} is to be readable by everybody ({acl}); a new bucket refuses "
            "that ACL (AccessControlListNotSupported), and the usual wish behind it is a CDN",
            right="no acl; CloudFront with origin access control in front of a private bucket",
            evidence=(sources.S3_ACL,),
        )  # fmt: skip
    if made.is_on("force_destroy") and not is_trial(made):
        yield Fault(
            rule="bucket-emptied", path=made.path, line=made.at("force_destroy"), rank="breaks",
            says=f"{made.address}: force_destroy deletes all objects with the bucket, without "
            "asking", right="force_destroy = false",
            edits=made.setting("force_destroy", "false"),
        )  # fmt: skip


def _queue(infra: Infra, made: Made) -> Iterator[Fault]:
    dead = made.text("name").endswith(("dlq", "-dead")) or re.search(
        r"dlq|dead", made.name, re.IGNORECASE
    )
    if (
        made.get("redrive_policy") is None
        and not dead
        and not infra.named("aws_sqs_queue_redrive_policy", made)
    ):
        yield Fault(
            rule="no-dead-letters", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} has no dead-letter queue: a message that always fails is tried "
            "again until its retention ends, and holds up what is behind it",
            right="redrive_policy with a second queue and maxReceiveCount = 5",
            evidence=(sources.DEAD_LETTERS,),
        )  # fmt: skip
    for mapping in infra.of("aws_lambda_event_source_mapping"):
        if not mapping.refers_to(made):
            continue
        function = next((f for f in infra.of("aws_lambda_function") if mapping.refers_to(f)), None)
        limit = (function.number("timeout") or 3) if function else None
        visible = made.number("visibility_timeout_seconds") or 30
        if function and limit and visible < limit:
            # AWS refuses a mapping whose queue is shorter than the function.
            yield _too_short(made, function, visible, limit)
        elif function and limit and visible < 6 * limit:
            yield _too_short(made, function, visible, limit)


def _too_short(made: Made, function: Made, visible: float, limit: float) -> Fault:
    refused = visible < limit
    return Fault(
        rule="seen-twice", path=made.path, line=made.at("visibility_timeout_seconds"),
        rank="breaks",
        says=f"{made.address} hides a message for {visible:g} s and {function.address} may run "
        f"{limit:g} s: " + ("AWS refuses the mapping" if refused else "under throttling a message "
        f"is handed out again before its first run was retried; AWS asks for six times, "
        f"{6 * limit:g} s"),
        right=f"visibility_timeout_seconds = {6 * limit:g}",
        edits=made.setting("visibility_timeout_seconds", f"{6 * limit:g}"), evidence=(sources.SQS,),
    )  # fmt: skip


def _cache(made: Made) -> Iterator[Fault]:
    encrypted = made.get("transit_encryption_enabled")
    if made.kind.endswith("group") and encrypted is None and made.is_terraform:
        yield Fault(
            rule="cache-in-clear", path=made.path, line=made.line, rank="security",
            says=f"{made.address} talks in clear text and asks for no password: whatever runs in "
            "the VPC and passes its security group reads the sessions",
            right="transit_encryption_enabled = true, at_rest_encryption_enabled = true and "
            "rediss:// in the address",
        )  # fmt: skip


def opens(group: Made, *, ports: tuple[int, ...] = ()) -> tuple[str, ...]:
    """The ports of a security group that are open to everybody, as they are said."""
    found = []
    for rule in group.blocks("ingress"):
        ranges = (*texts(rule.get("cidr_blocks")), *texts(rule.get("ipv6_cidr_blocks")),
                  *texts(rule.get("cidr_ipv6")))  # fmt: skip
        if not any(r in _ANYONE for r in ranges):
            continue
        first, last = rule.get("from_port"), rule.get("to_port")
        if not ports or _covers(first, last, ports) or str(rule.get("protocol")) == "-1":
            found.append("all" if str(rule.get("protocol")) == "-1" else f"{first}"
                         if first == last else f"{first}-{last}")  # fmt: skip
    return tuple(found)


def _covers(first: object, last: object, ports: tuple[int, ...]) -> bool:
    try:
        return any(int(str(first)) <= port <= int(str(last)) for port in ports)
    except ValueError:
        return False
