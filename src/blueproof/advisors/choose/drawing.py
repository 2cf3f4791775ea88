"""The chosen back end as a picture: who talks to what, and how often in a month."""

from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.choose.case import Choice
from blueproof.core.diagram import Diagram, Edge, Node
from blueproof.costs.usage import Usage
from blueproof.decide.workload import workload

_MILLION, _THOUSAND = 1_000_000, 10_000
# What an option's parts are called: the live data, sign-in, files, push.
_PARTS = {
    "convex": (
        "Convex functions and tables", "Clerk, WorkOS or Convex Auth", "Convex file storage",
    ),
    "firestore": ("Cloud Firestore", "Firebase Authentication", "Cloud Storage for Firebase"),
    "realtime-database": (
        "Realtime Database", "Firebase Authentication", "Cloud Storage for Firebase",
    ),
    "supabase": ("PostgreSQL and Realtime", "Supabase Auth", "Supabase Storage"),
    "aws": ("AppSync and DynamoDB", "Amazon Cognito", "Amazon S3"),
}  # fmt: skip


def flow(choice: Choice) -> Diagram:
    """The app, the parts of the back end, and the month's traffic between them."""
    usage = workload(choice.needs, choice.decision.users).usage
    option = choice.pick.option
    return Diagram(
        id="flow",
        title=f"{option.name} at {choice.decision.users:,.0f} monthly users, traffic of a month",
        nodes=tuple(_nodes(choice, usage)),
        edges=tuple(_edges(choice, usage)),
    )


def _nodes(choice: Choice, usage: Usage) -> Iterator[Node]:
    data, sign_in, files = _PARTS[choice.pick.option.id]
    yield Node(
        id="app",
        label="Your app",
        kind="person",
        lines=(
            f"{_short(usage.daily_users)} people a day",
            f"{_short(usage.peak_connections)} at once",
        ),
    )
    stored = f"{usage.database_gb:,.1f} GB after a year"
    yield Node(id="data", label=data, kind="store", lines=(stored,), emphasis="added")
    if usage.signs_in:
        yield Node(id="sign-in", label=sign_in, kind="service", emphasis="added")
    if usage.uploads:
        kept = f"{usage.files_gb:,.1f} GB after a year"
        yield Node(id="files", label=files, kind="store", lines=(kept,), emphasis="added")
    if usage.pushes and _pushes(choice):
        yield Node(id="push", label="Expo push, FCM, APNs", kind="service")


def _pushes(choice: Choice) -> bool:
    return bool({*choice.needs.features} & {"push-notifications", "chat", "group-chat"})


def _edges(choice: Choice, usage: Usage) -> Iterator[Edge]:
    yield Edge(source="app", target="data", label=f"{_short(usage.writes)} writes")
    yield Edge(source="data", target="app", label=f"{_short(usage.deliveries)} live updates")
    if usage.signs_in:
        yield Edge(source="app", target="sign-in", label="signs in")
    if usage.uploads:
        yield Edge(source="app", target="files", label=f"{_short(usage.uploads)} uploads")
    if usage.pushes and _pushes(choice):
        yield Edge(source="data", target="push", label=f"{_short(usage.pushes)} pushes")


def _short(value: Decimal) -> str:
    """A count as people say it: 850, 12k, 3.4M."""
    if value >= _MILLION:
        return f"{value / _MILLION:,.1f}M"
    return f"{value / 1000:,.0f}k" if value >= _THOUSAND else f"{value:,.0f}"
