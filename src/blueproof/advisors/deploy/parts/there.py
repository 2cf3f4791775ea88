"""The steps of the guide for what stands on AWS already: found out, referred to, left alone."""

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.stacks import Stacks
from blueproof.advisors.deploy.parts.stage import Stage
from blueproof.advisors.deploy.service import Service

# The variables of Terraform, and of the repository, that name what is there.
NAMED = {
    "vpc_id": "VPC_ID",
    "public_subnets": "PUBLIC_SUBNETS",
    "private_subnets": "PRIVATE_SUBNETS",
    "database_security_group": "DATABASE_SECURITY_GROUP",
    "load_balancer_arn": "LOAD_BALANCER_ARN",
    "listener_arn": "LISTENER_ARN",
    "load_balancer_security_group": "LOAD_BALANCER_SECURITY_GROUP",
    "cluster": "CLUSTER",
    "registry": "REGISTRY",
}
_OF_DATABASE = (
    "export DATABASE_INSTANCE=your-instance # `aws rds describe-db-instances` lists them",
    "export VPC_ID=$(aws rds describe-db-instances --db-instance-identifier "
    '"$DATABASE_INSTANCE" \\',
    "  --query 'DBInstances[0].DBSubnetGroup.VpcId' --output text)",
    "export DATABASE_SECURITY_GROUP=$(aws rds describe-db-instances --db-instance-identifier "
    '"$DATABASE_INSTANCE" \\',
    "  --query 'DBInstances[0].VpcSecurityGroups[0].VpcSecurityGroupId' --output text)",
)
_OF_NETWORK = ("export VPC_ID=vpc-... # `aws ec2 describe-vpcs` lists them",)


def there(made: Stacks) -> tuple[tuple[str, str], ...]:
    """What is there, as this stack calls it and as the repository's variables do."""
    known = {v.name for v in made.main.variables}
    return tuple((name, said) for name, said in NAMED.items() if name in known)


_OF_BALANCER = (
    "export LOAD_BALANCER_ARN=$(aws elbv2 describe-load-balancers --names your-load-balancer \\",
    "  --query 'LoadBalancers[0].LoadBalancerArn' --output text)",
    "export LOAD_BALANCER_SECURITY_GROUP=$(aws elbv2 describe-load-balancers \\",
    '  --load-balancer-arns "$LOAD_BALANCER_ARN" \\',
    "  --query 'LoadBalancers[0].SecurityGroups[0]' --output text)",
    "export LISTENER_ARN=$(aws elbv2 describe-listeners --load-balancer-arn "
    '"$LOAD_BALANCER_ARN" \\',
    "  --query 'Listeners[?Port==`443`].ListenerArn' --output text)",
    "# A rule has the priority 500: see that none has it, else set listener_priority.",
    "aws elbv2 describe-rules --listener-arn \"$LISTENER_ARN\" --query 'Rules[].Priority'",
)
_BY_NAME = (
    ("CLUSTER", "export CLUSTER=your-cluster # `aws ecs list-clusters` lists them"),
    ("REGISTRY", "export REGISTRY=your-repository # `aws ecr describe-repositories` lists them"),
)
_SAID = (
    ("database", "the database"), ("network", "the network"), ("balancer", "the load balancer"),
    ("cluster", "the cluster"), ("registry", "the registry"),
)  # fmt: skip


_LET_IN = (
    ("database", "one rule in the database's security group lets the service in"),
    ("balancer", "one rule in the load balancer's lets it out to the service"),
)


def _listed(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1]) if names[1:] else names)


def finding(service: Service, made: Stacks) -> Stage:
    """The ids of the network and the database that are there."""
    names = [said for _, said in there(made)]
    early = {"CLUSTER", "REGISTRY"} & {*names}  # then it is the first thing that is done
    region = next(v.default for v in made.main.variables if v.name == "region")
    commands = [f"export AWS_REGION={region}"] if early else []
    commands += list(_OF_DATABASE if "database" in service.kept else ())
    if "VPC_ID" in names and "database" not in service.kept:
        commands += _OF_NETWORK
    if "balancer" in service.kept:
        commands += _OF_BALANCER
    commands += [line for name, line in _BY_NAME if name in names]
    for side, is_public in (("PUBLIC", "true"), ("PRIVATE", "false")):
        if f"{side}_SUBNETS" in names:
            commands += [
                f"export {side}_SUBNETS=$(aws ec2 describe-subnets --output json --filters "
                '"Name=vpc-id,Values=$VPC_ID" \\',
                f"  Name=map-public-ip-on-launch,Values={is_public} "
                "--query 'Subnets[].SubnetId' | jq -c .)",
            ]
    commands += [f'gh variable set {name} --body "${name}"' for name in names]
    kept = _listed([said for part, said in _SAID if part in service.kept])
    groups = [said for part, said in _LET_IN if part in service.kept]
    let_in = f"; {' and '.join(groups)}." if groups else "."
    return Stage(
        title="Name what is there already",
        why=f"Nothing of {kept} is made, changed or taken over here: it is referred to by its id"
        f"{let_in} The subnets must lie in two zones, and public ones must lead to an internet "
        "gateway: look at the lists before you go on.",
        commands=tuple(commands),
        check="`gh variable list` shows them; each list of subnets has two or more",
        undo="`gh variable delete` each",
    )


def address(service: Service, form: Form) -> Stage:
    """The database's own address, put into the secret that the service is started with."""
    names = environments(form)
    where = "on its server" if "database" in service.kept else "with its provider"
    staging = (
        f" Staging gets a database of its own {where} (`CREATE DATABASE app_staging`), never "
        "production's: its migrations come first."
        if form.staging
        else ""
    )
    return Stage(
        title="Put the database's address in",
        why="The service gets it as DATABASE_URL, with ?sslmode=require at its end; it stands in "
        f"no file.{staging}",
        commands=tuple(
            line
            for name in names
            for line in (
                f'export DATABASE_URL="..." # the address for {name}',
                f'aws secretsmanager put-secret-value --secret-id "$NAME-{name}/database-url" \\',
                '  --secret-string "$DATABASE_URL" --query VersionId',
            )
        ),
        check=f'`aws secretsmanager describe-secret --secret-id "$NAME-{names[-1]}/database-url"` '
        "shows a version that is AWSCURRENT",
        undo="put another value in; the one before stays readable as AWSPREVIOUS",
    )


def is_early(service: Service) -> bool:
    """Whether the first stack is told of what stands."""
    return bool(service.kept & {"cluster", "registry"})


def told_of_first_stack(text: str, service: Service) -> str:
    """The guide with what stands told to the first stack, and asked for by its own name."""
    names = [name for name in ("cluster", "registry") if name in service.kept]
    told = "".join(f' -var {name}="${name.upper()}"' for name in names)
    if "registry" in service.kept:
        text = text.replace('--repository-name "$NAME" ', '--repository-name "$REGISTRY" ')
    return text.replace('-var repository="$REPOSITORY"', f'-var repository="$REPOSITORY"{told}')
