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


def finding(service: Service, made: Stacks) -> Stage:
    """The ids of the network and the database that are there."""
    names = [said for _, said in there(made)]
    commands = list(_OF_DATABASE if "database" in service.kept else _OF_NETWORK)
    for side, is_public in (("PUBLIC", "true"), ("PRIVATE", "false")):
        if f"{side}_SUBNETS" in names:
            commands += [
                f"export {side}_SUBNETS=$(aws ec2 describe-subnets --output json --filters "
                '"Name=vpc-id,Values=$VPC_ID" \\',
                f"  Name=map-public-ip-on-launch,Values={is_public} "
                "--query 'Subnets[].SubnetId' | jq -c .)",
            ]
    commands += [f'gh variable set {name} --body "${name}"' for name in names]
    kept = "the database and its network" if "database" in service.kept else "the network"
    let_in = (
        "; one rule in the database's security group lets the service in."
        if "database" in service.kept
        else "."
    )
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
