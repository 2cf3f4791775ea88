"""Where the rules on infrastructure code come from."""

from datetime import date

from blueproof.core.evidence import Citation

_DAY = date(2026, 12, 1)
_AWS = "https://docs.aws.amazon.com"
_ECS = f"{_AWS}/AmazonECS/latest/developerguide"
_SDK = f"{_AWS}/sdk-for-kotlin/api/latest"  # the API's own text, a page for each field
_TERRAFORM = "https://developer.hashicorp.com/terraform/language"
_PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob"


def _cited(url: str, says: str, checked: date = _DAY) -> Citation:
    return Citation(url=url, checked=checked, says=says)


RDS = _cited(
    f"{_PROVIDER}/0130d51a023089f30aa9082530b4bfe08980278a/website/docs/r/"
    "db_instance.html.markdown",
    "unless they are set, backup_retention_period is 0, and deletion_protection, storage_encrypted "
    "and publicly_accessible are false; skip_final_snapshot true leaves no snapshot when the "
    "instance is deleted",
)
ENCRYPTION = _cited(
    f"{_AWS}/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    "an instance is encrypted when it is made: later only by an encrypted copy of a snapshot",
    date(2026, 11, 29),
)
FARGATE = _cited(
    f"{_SDK}/ecs/aws.sdk.kotlin.services.ecs.model/-task-definition/memory.html",
    "the memory values that each CPU value of Fargate takes",
)
AWSVPC = _cited(
    f"{_SDK}/ecs/aws.sdk.kotlin.services.ecs.model/-task-definition/network-mode.html",
    "tasks on Fargate need network mode awsvpc; bridge is the default",
)
EXECUTION = _cited(
    f"{_ECS}/task_execution_IAM_role.html",
    "a task on Fargate needs the execution role to pull from ECR and to write logs with awslogs; "
    "any task needs it to be given secrets",
)
CIRCUIT = _cited(
    f"{_ECS}/deployment-failure-detection.html",
    "a circuit breaker and alarms find a failed deployment, and roll it back if they are set to",
)
STATE = _cited(
    f"{_TERRAFORM}/backend/s3",
    "locking is opt-in: use_lockfile locks the state in S3, locking by DynamoDB is deprecated",
)
SECRETS = _cited(
    f"{_TERRAFORM}/manage-sensitive-data",
    "the state holds values in plain text, those marked sensitive too",
    date(2026, 11, 24),
)
HTTP_API = _cited(
    f"{_AWS}/apigateway/latest/developerguide/http-api-quotas.html",
    "an HTTP API waits 30 s at most for its integration",
    date(2026, 11, 29),
)
REST_API = _cited(
    f"{_AWS}/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html",
    "a REST API waits 29 s for its integration by default",
    date(2026, 11, 29),
)
SQS = _cited(
    f"{_AWS}/lambda/latest/dg/services-sqs-configure.html",
    "the queue's visibility timeout is at least six times the function's timeout; a mapping whose "
    "queue has less than the function's timeout is refused",
)
DEAD_LETTERS = _cited(
    f"{_AWS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-configure-lambda-function-trigger.html",
    "a dead-letter queue takes the messages that a function fails to process",
)
DYNAMODB = _cited(
    f"{_AWS}/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
    "point-in-time recovery, once it is switched on, reaches back up to 35 days",
    date(2026, 11, 30),
)
TABLE = _cited(
    f"{_PROVIDER}/014ed70ef926d19dd400b23f513e99668f00edb8/website/docs/r/"
    "dynamodb_table.html.markdown",
    "deletion_protection_enabled and point-in-time recovery are false unless they are set; only "
    "attributes that a key of the table or of an index uses are declared",
)
S3_ACL = _cited(
    f"{_AWS}/AmazonS3/latest/userguide/object-ownership-error-responses.html",
    "where ACLs are disabled, as in a new bucket, setting one fails with "
    "AccessControlListNotSupported",
)
OIDC = _cited(
    "https://github.com/github/docs/blob/0e1211c1c74d75a92a52cde144b94e49b80aad4e/content/actions/"
    "how-tos/secure-your-work/security-harden-deployments/oidc-in-aws.md",
    "the subject in the trust policy limits which workflows on GitHub can take the role on",
)
KEYS = _cited(
    f"{_AWS}/IAM/latest/UserGuide/security-creds-programmatic-access.html",
    "long-term access keys never expire; roles give temporary credentials in their place",
)
LEAST = _cited(
    f"{_AWS}/IAM/latest/UserGuide/getting-started-reduce-permissions.html",
    "least privilege: the permissions that a task needs, and no others",
)
PASSING = _cited(
    f"{_AWS}/IAM/latest/UserGuide/id_roles_use_passrole.html",
    "who may pass a role to a service passes its permissions with it",
)
LISTENER = _cited(
    f"{_ECS}/alb.html",
    "the target group of tasks with network mode awsvpc has the target type ip, not instance",
)
IMDS = _cited(
    f"{_SDK}/ec2/aws.sdk.kotlin.services.ec2.model/-modify-instance-metadata-options-request/"
    "http-tokens.html",
    "with http_tokens required no credentials are given without a session token; whether that is "
    "the default depends on the AMI and the account",
)
LOGS = _cited(
    f"{_AWS}/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    "log data is kept for good unless a retention is set",
    date(2026, 11, 24),
)
LAMBDA_QUOTA = _cited(
    f"{_AWS}/lambda/latest/dg/gettingstarted-limits.html",
    "1,000 runs at once in an account and region by default; new accounts begin with fewer",
    date(2026, 11, 29),
)
