"""Where the rules on infrastructure code come from."""

from datetime import date

from blueproof.core.evidence import Citation

_DAY = date(2026, 11, 30)


def _cited(url: str, says: str) -> Citation:
    return Citation(url=url, checked=_DAY, says=says)


RDS = _cited(
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance",
    "backup_retention_period, deletion_protection, storage_encrypted and multi_az are off unless "
    "they are set; skip_final_snapshot true leaves no snapshot when the instance is deleted",
)
ENCRYPTION = _cited(
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    "an instance is encrypted when it is made or never: later only by a copy of a snapshot",
)
FARGATE = _cited(
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    "the memory values that each CPU value takes; network mode awsvpc",
)
EXECUTION = _cited(
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    "the execution role pulls the image from ECR, writes logs and reads secrets",
)
CIRCUIT = _cited(
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    "the circuit breaker is off unless it is set, and rolls back only with rollback true",
)
STATE = _cited(
    "https://developer.hashicorp.com/terraform/language/backend/s3",
    "use_lockfile locks the state in S3; locking by DynamoDB is deprecated; a saved state holds "
    "values of secrets in plain text",
)
API = _cited(
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    "an integration of an HTTP API ends after 30 s; of a REST API after 29 s by default",
)
SQS = _cited(
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    "the queue's visibility timeout is at least six times the function's timeout",
)
DYNAMODB = _cited(
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
    "point-in-time recovery is off unless it is switched on and reaches back up to 35 days",
)
S3_ACL = _cited(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    "new buckets refuse ACLs and block public access since April 2023",
)
OIDC = _cited(
    "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
    "the trust names the subject, else any repository on GitHub can take the role on",
)
IAM = _cited(
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    "temporary credentials, least privilege, no long-term keys",
)
LISTENER = _cited(
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
    "targets of network mode awsvpc are registered by ip; deregistration waits 300 s by default",
)
IMDS = _cited(
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    "http_tokens required lets only signed requests read an instance's credentials",
)
LOGS = _cited(
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    "log data is kept indefinitely unless a retention is set",
)
LAMBDA = _cited(
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
    "3 s by default, 900 s at most",
)
VPC = _cited(
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
    "a function in a VPC reaches the internet by a NAT gateway only",
)
LAMBDA_QUOTA = _cited(
    "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    "1,000 runs at once in an account and region by default, shared by all functions",
)
