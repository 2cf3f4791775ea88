"""Where data lies: PostgreSQL on RDS, DynamoDB, a cache, a bucket; none of them public."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.network import EVERYWHERE, POSTGRESQL, REDIS, subnets
from blueproof.advisors.deploy.parts.pools import in_address
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Resource, body, ref

_BACKUP_DAYS = {"small": 7, "standard": 14, "large": 30}


def stores(service: Service, form: Form) -> Iterator[Resource]:
    """The stores that the service needs, and no other."""
    if service.makes_database:
        yield from _postgresql(service, form)
    if service.database == "dynamodb":
        yield _dynamodb(form)
    if service.redis:
        yield from _cache(service, form)
    if service.uploads:
        yield from _bucket()


def _postgresql(service: Service, form: Form) -> Iterator[Resource]:
    file = "database.tf"
    yield Resource(
        kind="aws_db_subnet_group", name="main", file=file,
        body=body(name=ref("local.name"), subnet_ids=subnets(service, "private")),
    )  # fmt: skip
    yield Resource(
        kind="aws_db_parameter_group", name="main", file=file,
        says="Connections without TLS are refused; statements of half a second and more are logged",
        body=body(
            name=f"${{local.name}}-{service.postgres}",
            family=f"postgres{service.postgres}",
            parameter=(
                body(name="rds.force_ssl", value="1"),
                body(name="log_min_duration_statement", value="500"),
            ),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_db_instance", name="main", file=file,
        says="Private, encrypted, with point-in-time recovery. The password is given once and "
        "stands in no state file.",
        body=body(
            identifier=ref("local.name"),
            engine="postgres",
            engine_version=service.postgres,
            instance_class=form.db_class,
            allocated_storage=form.db_gb,
            max_allocated_storage=form.db_gb * 5,
            storage_type="gp3",
            storage_encrypted=True,
            db_name="app",
            username="app",
            password_wo=ref("var.database_password"),
            password_wo_version=ref("var.database_password_version"),
            port=POSTGRESQL,
            db_subnet_group_name=ref("aws_db_subnet_group.main.name"),
            parameter_group_name=ref("aws_db_parameter_group.main.name"),
            vpc_security_group_ids=(ref("aws_security_group.database.id"),),
            publicly_accessible=False,
            multi_az=form.multi_az,
            backup_retention_period=_BACKUP_DAYS[form.tier],
            backup_window="02:00-03:00",
            maintenance_window="sun:03:30-sun:04:30",
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            performance_insights_enabled=True if form.tier != "small" else None,
            enabled_cloudwatch_logs_exports=("postgresql",) if form.tier != "small" else None,
            deletion_protection=True,
            skip_final_snapshot=False,
            final_snapshot_identifier="${local.name}-final",
            lifecycle=body(prevent_destroy=True),
        ),
    )  # fmt: skip
    yield from _database_url(file, in_address(service, form))


def _database_url(file: str, limit: str) -> Iterator[Resource]:
    """The address with the password, written and never read back."""
    yield Resource(
        kind="aws_secretsmanager_secret", name="database_url", file=file,
        body=body(name="${local.name}/database-url", recovery_window_in_days=7),
    )  # fmt: skip
    address = (
        "postgresql://app:${var.database_password}@${aws_db_instance.main.endpoint}/app"
        f"?sslmode=require{limit}"
    )
    yield Resource(
        kind="aws_secretsmanager_secret_version", name="database_url", file=file,
        body=body(
            secret_id=ref("aws_secretsmanager_secret.database_url.id"),
            secret_string_wo=address,
            secret_string_wo_version=ref("var.database_password_version"),
        ),
    )  # fmt: skip


def _dynamodb(form: Form) -> Resource:
    return Resource(
        kind="aws_dynamodb_table", name="main", file="database.tf",
        says="One table, billed by the request. pk and sk are the keys of every access pattern.",
        body=body(
            name=ref("local.name"),
            billing_mode="PAY_PER_REQUEST",
            hash_key="pk",
            range_key="sk",
            deletion_protection_enabled=True,
            attribute=(body(name="pk", type="S"), body(name="sk", type="S")),
            point_in_time_recovery=body(enabled=form.tier != "small"),
            server_side_encryption=body(enabled=True),
            lifecycle=body(prevent_destroy=True),
        ),
    )  # fmt: skip


def _cache(service: Service, form: Form) -> Iterator[Resource]:
    file = "cache.tf"
    yield Resource(
        kind="aws_elasticache_subnet_group", name="main", file=file,
        body=body(name=ref("local.name"), subnet_ids=subnets(service, "private")),
    )  # fmt: skip
    if service.queue:
        yield Resource(
            kind="aws_elasticache_parameter_group", name="main", file=file,
            says="A queue loses no job for want of memory: writes fail instead, and an alarm tells "
            "before.",
            body=body(
                name=ref("local.name"),
                family="valkey8",
                parameter=body(name="maxmemory-policy", value="noeviction"),
            ),
        )  # fmt: skip
    twice = form.multi_az
    yield Resource(
        kind="aws_elasticache_replication_group", name="main", file=file,
        says="Valkey, which speaks the Redis protocol and costs a fifth less. Its address begins "
        "with rediss://: TLS is on.",
        body=body(
            replication_group_id=ref("local.name"),
            description="Cache and messages between tasks",
            engine="valkey",
            engine_version="8.0",
            node_type=form.cache,
            num_cache_clusters=2 if twice else 1,
            automatic_failover_enabled=twice,
            multi_az_enabled=twice,
            port=REDIS,
            subnet_group_name=ref("aws_elasticache_subnet_group.main.name"),
            parameter_group_name=ref("aws_elasticache_parameter_group.main.name")
            if service.queue else None,
            security_group_ids=(ref("aws_security_group.cache.id"),),
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            snapshot_retention_limit=1,
        ),
    )  # fmt: skip


def _bucket() -> Iterator[Resource]:
    file = "files.tf"
    of = ref("aws_s3_bucket.files.id")
    yield Resource(
        kind="aws_s3_bucket", name="files", file=file,
        says="What people upload. Disks of tasks and functions are gone with them.",
        body=body(bucket="${local.name}-files-${data.aws_caller_identity.here.account_id}"),
    )  # fmt: skip
    yield Resource(
        kind="aws_s3_bucket_public_access_block", name="files", file=file,
        body=body(
            bucket=of, block_public_acls=True, block_public_policy=True,
            ignore_public_acls=True, restrict_public_buckets=True,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_s3_bucket_server_side_encryption_configuration", name="files", file=file,
        body=body(
            bucket=of,
            rule=body(apply_server_side_encryption_by_default=body(sse_algorithm="AES256")),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_s3_bucket_lifecycle_configuration", name="files", file=file,
        says="Uploads that were begun and never finished are billed until they are removed.",
        body=body(
            bucket=of,
            rule=body(
                id="unfinished-uploads", status="Enabled", filter=body(),
                abort_incomplete_multipart_upload=body(days_after_initiation=3),
            ),
        ),
    )  # fmt: skip


def address_of(service: Service) -> str:
    """The ARN of the secret that holds the database's address, as Terraform calls it."""
    made = "aws_secretsmanager_secret.database_url.arn"
    return made if service.makes_database else f"data.{made}"


def redis_address(service: Service | None) -> str:
    """The address of the cache, as the service's language takes it; the plain one for None."""
    address = "rediss://${aws_elasticache_replication_group.main.primary_endpoint_address}:6379"
    if service is not None and service.language == "python":
        address += "?ssl_cert_reqs=required"  # Celery takes no address without it
    return address


def environment(service: Service) -> tuple[tuple[str, str], ...]:
    """The settings by which the service finds its stores; nothing secret."""
    found = [("NODE_ENV", "production")] if service.is_node else []
    found.append(("PORT", str(service.port)))
    found += [(name, EVERYWHERE.removesuffix("/0")) for name in service.hosts]
    if service.database == "dynamodb":
        found.append(("TABLE_NAME", "${aws_dynamodb_table.main.name}"))
    if service.redis:
        address = redis_address(service)
        names = ("REDIS_URL", *service.redis_addresses)
        found += [(name, address) for name in dict.fromkeys(names)]
        host = "${aws_elasticache_replication_group.main.primary_endpoint_address}"
        found += [(name, f"{host}:{REDIS}") for name in service.redis_places]
        parts = (("REDIS_HOST", host), ("REDIS_PORT", str(REDIS)))
        found += [(name, value) for name, value in parts if name in service.settings]
    if service.uploads:
        names = service.buckets or ("UPLOADS_BUCKET",)
        found += [(name, "${aws_s3_bucket.files.bucket}") for name in names]
    others = {name for beside in service.besides for name in beside.settings} - {*service.settings}
    found += [(n, f"${{var.settings.{n}}}") for n in given(service) if n not in others]
    return tuple(found)


def given(service: Service) -> tuple[str, ...]:
    """The settings that the person decides; a bucket that nobody makes here is one of them."""
    made = set(service.buckets) if service.uploads else set()
    if service.redis:
        made |= {"REDIS_HOST", "REDIS_PORT"}
    named = {name for beside in service.besides for name in beside.settings}
    return tuple(sorted({*service.settings, *named} - made))


def permissions(service: Service) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """What the running service may do: (why, actions, resources)."""
    found: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    if service.database == "dynamodb":
        actions = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem",
                   "ConditionCheckItem", "BatchWriteItem")  # fmt: skip
        table_arn = "${aws_dynamodb_table.main.arn}"
        found.append(
            ("Table", tuple(f"dynamodb:{a}" for a in actions), (table_arn, f"{table_arn}/index/*"))
        )
    if service.protects:
        found.append(
            ("KeepRunning", ("ecs:GetTaskProtection", "ecs:UpdateTaskProtection"),
             ("arn:aws:ecs:${var.region}:${data.aws_caller_identity.here.account_id}"
              ":task/${local.name}/*",))
        )  # fmt: skip
    if service.uploads:
        found.append(
            ("Files", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
             ("${aws_s3_bucket.files.arn}/*",))
        )  # fmt: skip
    return tuple(found)
