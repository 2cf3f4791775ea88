"""What GitHub's three roles may do: read what a plan reads, change what is there, deploy.

An action of AWS is named in full wherever it changes something; only reads are named by their
beginning. Names of resources begin with the service's own name, so other things in the account
are out of reach where AWS can tell them apart by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.roles import grant
from blueproof.cloud.stack import Body, Stack, ref

HERE = "${var.region}:${data.aws_caller_identity.here.account_id}"
ACCOUNT = "${data.aws_caller_identity.here.account_id}"
NAMED = "${local.name}-*"


@dataclass(frozen=True, kw_only=True)
class Power:
    """The actions that Terraform needs for some kinds of resources, and on which of them.

    `only` is a condition: its test, the variable, and the values.
    """

    sid: str
    kinds: str
    actions: str
    resources: tuple[str, ...] = ("*",)
    in_region: bool = False
    only: tuple[str, str, tuple[str, ...]] | None = None


_POWERS = (
    Power(
        sid="Network",
        kinds="aws_vpc aws_subnet",
        actions="""ec2:CreateVpc ec2:DeleteVpc ec2:ModifyVpcAttribute
        ec2:CreateSubnet ec2:DeleteSubnet ec2:ModifySubnetAttribute ec2:CreateInternetGateway
        ec2:DeleteInternetGateway ec2:AttachInternetGateway ec2:DetachInternetGateway
        ec2:CreateRouteTable ec2:DeleteRouteTable ec2:CreateRoute ec2:ReplaceRoute ec2:DeleteRoute
        ec2:AssociateRouteTable ec2:DisassociateRouteTable ec2:ReplaceRouteTableAssociation""",
        in_region=True,
    ),
    Power(
        sid="Groups",
        kinds="aws_security_group",
        actions="""ec2:Describe* ec2:CreateSecurityGroup ec2:DeleteSecurityGroup
        ec2:AuthorizeSecurityGroupIngress
        ec2:AuthorizeSecurityGroupEgress ec2:RevokeSecurityGroupIngress
        ec2:RevokeSecurityGroupEgress ec2:ModifySecurityGroupRules ec2:CreateTags ec2:DeleteTags
        ec2:DeleteNetworkInterface ec2:DetachNetworkInterface""",
        in_region=True,
    ),
    Power(
        sid="WaysOut",
        kinds="aws_nat_gateway aws_eip aws_vpc_endpoint",
        actions="""ec2:AllocateAddress ec2:ReleaseAddress ec2:DisassociateAddress
        ec2:CreateNatGateway ec2:DeleteNatGateway ec2:CreateVpcEndpoint ec2:ModifyVpcEndpoint
        ec2:DeleteVpcEndpoints""",
        in_region=True,
    ),
    Power(
        sid="LoadBalancer",
        kinds="aws_lb",
        actions="""elasticloadbalancing:Describe* elasticloadbalancing:CreateLoadBalancer
        elasticloadbalancing:DeleteLoadBalancer elasticloadbalancing:ModifyLoadBalancerAttributes
        elasticloadbalancing:SetSecurityGroups elasticloadbalancing:SetSubnets
        elasticloadbalancing:CreateTargetGroup elasticloadbalancing:DeleteTargetGroup
        elasticloadbalancing:ModifyTargetGroup elasticloadbalancing:ModifyTargetGroupAttributes
        elasticloadbalancing:CreateListener elasticloadbalancing:DeleteListener
        elasticloadbalancing:ModifyListener elasticloadbalancing:ModifyListenerAttributes
        elasticloadbalancing:AddTags elasticloadbalancing:RemoveTags""",
        in_region=True,
    ),
    Power(
        sid="TargetGroups",
        kinds="data.aws_lb",
        actions="""elasticloadbalancing:Describe* elasticloadbalancing:CreateTargetGroup
        elasticloadbalancing:DeleteTargetGroup elasticloadbalancing:ModifyTargetGroup
        elasticloadbalancing:ModifyTargetGroupAttributes elasticloadbalancing:AddTags
        elasticloadbalancing:RemoveTags""",
        in_region=True,
    ),
    Power(
        sid="Rules",
        kinds="aws_lb_listener_rule",
        actions="""elasticloadbalancing:CreateRule elasticloadbalancing:ModifyRule
        elasticloadbalancing:DeleteRule elasticloadbalancing:SetRulePriorities
        elasticloadbalancing:AddListenerCertificates
        elasticloadbalancing:RemoveListenerCertificates""",
        in_region=True,
    ),
    Power(
        sid="Certificate",
        kinds="aws_acm_certificate",
        actions="""acm:RequestCertificate acm:DescribeCertificate acm:DeleteCertificate
        acm:ListTagsForCertificate acm:AddTagsToCertificate acm:RemoveTagsFromCertificate""",
        in_region=True,
    ),
    Power(
        sid="Zones",
        kinds="aws_route53_record",
        actions="""route53:ListHostedZones route53:GetHostedZone route53:ListTagsForResource
        route53:ListResourceRecordSets route53:GetChange""",
    ),
    Power(
        sid="Records",
        kinds="aws_route53_record",
        actions="route53:ChangeResourceRecordSets",
        resources=("arn:aws:route53:::hostedzone/*",),
        # Addresses and the certificate's proof, never mail or name servers.
        only=("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes",
              ("A", "AAAA", "CNAME")),
    ),
    Power(
        sid="Tasks",
        kinds="aws_ecs_service",
        actions="""ecs:Describe* ecs:List* ecs:CreateCluster ecs:DeleteCluster ecs:UpdateCluster
        ecs:UpdateClusterSettings ecs:RegisterTaskDefinition ecs:DeregisterTaskDefinition
        ecs:CreateService ecs:UpdateService ecs:DeleteService ecs:TagResource ecs:UntagResource""",
        in_region=True,
    ),
    Power(
        sid="Scaling",
        kinds="aws_appautoscaling_target",
        actions="""application-autoscaling:Describe* application-autoscaling:ListTagsForResource
        application-autoscaling:RegisterScalableTarget
        application-autoscaling:DeregisterScalableTarget application-autoscaling:PutScalingPolicy
        application-autoscaling:DeleteScalingPolicy application-autoscaling:TagResource""",
        in_region=True,
    ),
    Power(
        sid="Functions",
        kinds="aws_lambda_function",
        actions="""lambda:GetFunction lambda:GetFunctionConfiguration lambda:ListVersionsByFunction
        lambda:GetFunctionCodeSigningConfig lambda:GetPolicy lambda:GetAlias lambda:ListTags
        lambda:CreateFunction lambda:DeleteFunction lambda:UpdateFunctionCode
        lambda:UpdateFunctionConfiguration lambda:PublishVersion lambda:PutFunctionConcurrency
        lambda:DeleteFunctionConcurrency lambda:GetFunctionConcurrency lambda:CreateAlias
        lambda:UpdateAlias lambda:DeleteAlias lambda:AddPermission lambda:RemovePermission
        lambda:TagResource lambda:UntagResource""",
        resources=(f"arn:aws:lambda:{HERE}:function:{NAMED}",),
    ),
    Power(
        sid="Api",
        kinds="aws_apigatewayv2_api",
        actions="""apigateway:GET apigateway:POST apigateway:PUT apigateway:PATCH
        apigateway:DELETE apigateway:TagResource apigateway:UntagResource""",
        resources=tuple(
            f"arn:aws:apigateway:${{var.region}}::/{path}" for path in ("apis", "apis/*", "tags/*")
        ),
    ),
    Power(
        sid="Databases",
        kinds="aws_db_instance",
        # Terraform asks for a database by the name that AWS gave it, which nobody knows before.
        actions="rds:DescribeDBInstances",
        resources=(f"arn:aws:rds:{HERE}:db:*",),
    ),
    Power(
        sid="Database",
        kinds="aws_db_instance",
        actions="""rds:Describe* rds:ListTagsForResource rds:CreateDBInstance rds:ModifyDBInstance
        rds:DeleteDBInstance rds:RebootDBInstance rds:CreateDBSnapshot rds:CreateDBSubnetGroup
        rds:ModifyDBSubnetGroup rds:DeleteDBSubnetGroup rds:CreateDBParameterGroup
        rds:ModifyDBParameterGroup rds:ResetDBParameterGroup rds:DeleteDBParameterGroup
        rds:AddTagsToResource rds:RemoveTagsFromResource""",
        resources=(f"arn:aws:rds:{HERE}:*:{NAMED}", f"arn:aws:rds:{HERE}:*:default*"),
    ),
    Power(
        sid="Cache",
        kinds="aws_elasticache_replication_group",
        actions="""elasticache:Describe* elasticache:ListTagsForResource
        elasticache:CreateReplicationGroup elasticache:ModifyReplicationGroup
        elasticache:DeleteReplicationGroup elasticache:CreateCacheSubnetGroup
        elasticache:ModifyCacheSubnetGroup elasticache:DeleteCacheSubnetGroup
        elasticache:CreateCacheParameterGroup elasticache:ModifyCacheParameterGroup
        elasticache:DeleteCacheParameterGroup
        elasticache:AddTagsToResource elasticache:RemoveTagsFromResource""",
        in_region=True,
    ),
    Power(
        sid="Table",
        kinds="aws_dynamodb_table",
        actions="""dynamodb:DescribeTable dynamodb:DescribeContinuousBackups
        dynamodb:DescribeTimeToLive dynamodb:ListTagsOfResource dynamodb:CreateTable
        dynamodb:UpdateTable dynamodb:DeleteTable dynamodb:UpdateContinuousBackups
        dynamodb:UpdateTimeToLive dynamodb:TagResource dynamodb:UntagResource""",
        resources=(f"arn:aws:dynamodb:{HERE}:table/{NAMED}",),
    ),
    Power(
        sid="Files",
        kinds="aws_s3_bucket",
        actions="""s3:CreateBucket s3:DeleteBucket s3:ListBucket s3:GetBucket* s3:PutBucketTagging
        s3:PutBucketPublicAccessBlock s3:GetEncryptionConfiguration s3:PutEncryptionConfiguration
        s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:GetAccelerateConfiguration
        s3:GetReplicationConfiguration""",
        resources=(f"arn:aws:s3:::{NAMED}-files-{ACCOUNT}",),
    ),
    Power(
        sid="Secrets",
        kinds="aws_secretsmanager_secret_version",
        actions="""secretsmanager:CreateSecret secretsmanager:DeleteSecret
        secretsmanager:UpdateSecret secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy
        secretsmanager:GetSecretValue secretsmanager:PutSecretValue
        secretsmanager:UpdateSecretVersionStage secretsmanager:TagResource
        secretsmanager:UntagResource""",
        resources=(f"arn:aws:secretsmanager:{HERE}:secret:{NAMED}/database-url-*",),
    ),
    Power(
        sid="Logs",
        kinds="aws_cloudwatch_log_group",
        actions="logs:DescribeLogGroups",
    ),
    Power(
        sid="LogGroups",
        kinds="aws_cloudwatch_log_group",
        actions="""logs:ListTagsForResource logs:CreateLogGroup logs:DeleteLogGroup
        logs:PutRetentionPolicy logs:TagResource logs:UntagResource""",
        resources=(f"arn:aws:logs:{HERE}:log-group:/ecs/{NAMED}",
                   f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{NAMED}"),
    ),
    Power(
        sid="Topic",
        kinds="aws_sns_topic",
        actions="""sns:GetTopicAttributes sns:GetSubscriptionAttributes sns:ListTagsForResource
        sns:CreateTopic sns:DeleteTopic sns:SetTopicAttributes sns:Subscribe sns:Unsubscribe
        sns:TagResource sns:UntagResource""",
        resources=(f"arn:aws:sns:{HERE}:{NAMED}",),
    ),
    Power(
        sid="Alarms",
        kinds="aws_cloudwatch_metric_alarm",
        actions="""cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource
        cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms cloudwatch:TagResource
        cloudwatch:UntagResource""",
        resources=(f"arn:aws:cloudwatch:{HERE}:alarm:{NAMED}",),
    ),
    Power(
        sid="Budget",
        kinds="aws_budgets_budget",
        actions="budgets:ViewBudget budgets:ModifyBudget budgets:ListTagsForResource",
        resources=(f"arn:aws:budgets::{ACCOUNT}:budget/{NAMED}",),
    ),
)  # fmt: skip
_ROLES = """iam:GetRole iam:DeleteRole iam:UpdateRole iam:UpdateAssumeRolePolicy iam:TagRole
iam:UntagRole iam:ListRolePolicies iam:GetRolePolicy iam:ListAttachedRolePolicies
iam:ListInstanceProfilesForRole"""
# What gives a role its powers: allowed for roles alone that the boundary holds.
_POWERS_OF_ROLES = """iam:CreateRole iam:PutRolePolicy iam:DeleteRolePolicy
iam:PutRolePermissionsBoundary"""
# What a role of the service can be given at most, by the first word of an action.
_WITHIN: dict[str, tuple[str, ...]] = {
    "logs": (f"arn:aws:logs:{HERE}:log-group:/ecs/{NAMED}",
             f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{NAMED}"),
    "secretsmanager": (f"arn:aws:secretsmanager:{HERE}:secret:${{local.name}}/*",
                       f"arn:aws:secretsmanager:{HERE}:secret:{NAMED}/*"),
    "s3": (f"arn:aws:s3:::{NAMED}-files-{ACCOUNT}/*",),
    "dynamodb": (f"arn:aws:dynamodb:{HERE}:table/{NAMED}",),
    "ec2": ("*",),
    "ecs": (f"arn:aws:ecs:{HERE}:task/{NAMED}/*",),
}  # fmt: skip
_EVERYWHERE = "ecr:GetAuthorizationToken"
_READ = """ec2:DescribeAvailabilityZones route53:ListHostedZones route53:GetHostedZone
route53:ListTagsForResource ecr:DescribeRepositories ecr:DescribeImages ecr:ListTagsForResource
secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy"""
# What is read of things that stand, by the data source that looks them up.
_READ_TOO = (
    ("aws_lb", "elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeTags "
     "elasticloadbalancing:DescribeLoadBalancerAttributes"),
    ("aws_ecs_cluster", "ecs:DescribeClusters"),
)  # fmt: skip
_OF_CLUSTER = """ecs:CreateCluster ecs:DeleteCluster ecs:UpdateCluster
ecs:UpdateClusterSettings"""  # not of one that stands
_LINKED = ("ecs", "elasticloadbalancing", "rds", "elasticache", "ecs.application-autoscaling",
           "ops.apigateway")  # fmt: skip


def plan_grants(main: Stack) -> tuple[Body, ...]:
    """What a plan reads: the state and the data sources, no secret, no running resource."""
    read = [*_READ.split(), *(a for k, a in _READ_TOO if main.data(k) for a in a.split())]
    bucket = "${aws_s3_bucket.state.arn}"
    return (
        grant("State", ("s3:ListBucket",), (bucket,)),
        grant("StateFile", ("s3:GetObject",), (f"{bucket}/*",)),
        grant("Lookups", tuple(read), ("*",)),
    )


def apply_grants(main: Stack, form: Form) -> tuple[Body, ...]:
    """What it takes to make, change and remove the resources of a stack."""
    kinds = {r.kind for r in main.made} | {
        f"data.{r.kind}" for r in main.resources if r.mode == "data"
    }
    spared = set(_OF_CLUSTER.split()) if main.data("aws_ecs_cluster") else set()
    bucket = "${aws_s3_bucket.state.arn}"
    return (
        grant("State", ("s3:ListBucket",), (bucket,)),
        grant(
            "StateFile", ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"), (f"{bucket}/*",)
        ),
        grant("Lookups", tuple(_READ.split()), ("*",)),
        *(_allowed(p, spared) for p in _POWERS if kinds & set(p.kinds.split())),
        *_over_roles(form),
    )  # fmt: skip


def _allowed(power: Power, spared: set[str]) -> Body:
    actions = tuple(a for a in power.actions.split() if a not in spared)
    if power.only:
        test, variable, values = power.only
        return grant(power.sid, actions, power.resources, test=test, variable=variable,
                     values=values)  # fmt: skip
    if not power.in_region:
        return grant(power.sid, actions, power.resources)
    return grant(
        power.sid, actions, power.resources,
        test="StringEquals", variable="aws:RequestedRegion", values=(ref("var.region"),),
    )  # fmt: skip


def _over_roles(form: Form) -> Iterator[Body]:
    """Power over the roles of the service, never over those that GitHub takes on."""
    own = tuple(f"arn:aws:iam::{ACCOUNT}:role/${{local.name}}-{e}-*" for e in environments(form))
    yield grant("Roles", tuple(_ROLES.split()), own)
    yield grant(
        "RolesWithinBounds", tuple(_POWERS_OF_ROLES.split()), own,
        test="StringEquals", variable="iam:PermissionsBoundary",
        values=(ref("aws_iam_policy.boundary.arn"),),
    )  # fmt: skip
    principal = "ecs-tasks.amazonaws.com" if form.shape == "fargate" else "lambda.amazonaws.com"
    yield grant(
        "HandOver", ("iam:PassRole",), own,
        test="StringEquals", variable="iam:PassedToService", values=(principal,),
    )  # fmt: skip
    yield grant(
        "ServiceRoles", ("iam:CreateServiceLinkedRole",),
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/*",),
        test="StringEquals", variable="iam:AWSServiceName",
        values=tuple(f"{name}.amazonaws.com" for name in _LINKED),
    )  # fmt: skip


def boundary_grants(main: Stack) -> tuple[Body, ...]:
    """What the service's roles can be given: the actions that they have, on its own things."""
    documents = [r for r in main.data("aws_iam_policy_document") if not r.name.endswith("_trust")]
    allowed = {
        action
        for document in documents
        for statement in document.body.blocks("statement")
        if statement.text("effect") != "Deny"
        for action in statement.texts("actions")
    }
    registries = [
        f"${{aws_ecr_repository.{found.name}.arn}}" for found in main.data("aws_ecr_repository")
    ]
    services = sorted({action.partition(":")[0] for action in allowed})
    named = tuple(
        grant(
            service.capitalize(),
            tuple(sorted(a for a in allowed - {_EVERYWHERE} if a.startswith(f"{service}:"))),
            tuple(registries) if service == "ecr" else _WITHIN[service],
        )
        for service in services
    )
    login = (grant("Login", (_EVERYWHERE,), ("*",)),) if _EVERYWHERE in allowed else ()
    return (*login, *named)


def environments(form: Form) -> tuple[str, ...]:
    """The places it runs in, the last of them the one that people use."""
    return ("staging", "production") if form.staging else ("production",)
