"""What people cost who sign in with their firm's account, by SAML or OIDC.

Firebase has it in Identity Platform, which then counts everybody else too. Supabase has SAML from
Pro on, Cognito both. Convex has neither of its own: WorkOS beside it bills each firm's connection,
not its people.
"""

from decimal import Decimal

from blueproof.core.money import Line
from blueproof.costs.tiers import Charge, Tier, charged
from blueproof.costs.usage import Usage

_TIERS = (
    Tier(price="workos.connection"),
    Tier(price="workos.connection-over-15", start=Decimal(15)),
    Tier(price="workos.connection-over-30", start=Decimal(30)),
    Tier(price="workos.connection-over-50", start=Decimal(50)),
)
_IDENTITY = (
    Tier(price="firebase.identity-user"),
    Tier(price="firebase.identity-user-over-100k", start=Decimal(100_000)),
)
NAME = "by SAML or OIDC"  # what every such line says, to be found among the others


def lines(family: str, usage: Usage, firms: int) -> tuple[Line, ...]:
    """The lines of a month whose federated people come from `firms` firms."""
    return charged(_charges(family, usage, firms))


def _charges(family: str, usage: Usage, firms: int) -> tuple[Charge, ...]:
    if family == "convex":
        return (
            Charge(name=f"WorkOS: firms {NAME}", quantity=Decimal(firms), unit="connections",
                   price=_TIERS),
        )  # fmt: skip
    vendor, price, free = {
        "firebase": ("Identity Platform", "firebase.identity-sso-user",
                     "firebase.identity-free-sso-users"),
        "supabase": ("Supabase Pro", "supabase.sso-user", "supabase.free-sso-users"),
        "aws": ("Cognito", "aws.cognito-sso-user", "aws.cognito-free-sso-users"),
    }[family]  # fmt: skip
    found = Charge(
        name=f"{vendor}: people {NAME}",
        quantity=usage.federated,
        unit="people",
        price=price,
        free=free,
    )
    if family != "firebase":
        return (found,)
    rest = Charge(
        name="Identity Platform: all others", quantity=usage.monthly_users - usage.federated,
        unit="users", price=_IDENTITY, free="firebase.identity-free-users",
    )  # fmt: skip
    return (found, rest)
