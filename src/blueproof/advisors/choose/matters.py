"""What the reasons speak of: its name, and what was asked for before what counts for every app."""

from collections.abc import Iterator

from blueproof.advisors.choose.case import Choice
from blueproof.decide.scoring import Contribution, Scored, aspect_of

_COMPARABLE = 2.0  # times the points of an asked matter from which a general one goes before it
_LEVEL = 0.15  # difference in level below which two are as good
_OF_TEAM = frozenset({"in use", "your leaning", "known"})  # told, not of every app
_HYPHENED = {"e-commerce", "lock-in"}
_CRITERIA = {
    "in use": "in use",
    "cost": "price",
    "access-control": "access rules",
    "lock-in": "leaving again",
    "time": "time",
    "sql": "SQL",
    "country": "data kept in the country",
    "private-network": "no public address",
    "customer-keys": "keys of your own",
    "soc2-report": "SOC 2 report",
    "processing-agreement": "data processing agreement",
    "known": "known to the team",
    "hipaa": "HIPAA",
    "typescript": "TypeScript",
    "expo-go": "Expo Go",
    "graphql": "GraphQL",
    "iot-ingestion": "IoT ingestion",
}


def matter(contribution: Contribution) -> str:
    """What a criterion is about, as people write it."""
    name = contribution.aspect or contribution.criterion
    known = _CRITERIA.get(contribution.criterion) or _CRITERIA.get(name)
    return known or (name if name in _HYPHENED else name.replace("-", " "))


def is_asked(choice: Choice, criterion: str) -> bool:
    """Whether a criterion is weighed for what was told, not for every app."""
    needs = choice.needs
    if criterion == "cost":
        return needs.thrifty or needs.is_known("budget")
    features = {aspect_of(f) for f in needs.features}
    demands = {name for name, _ in needs.demands}
    told = {name for name, _ in needs.known}
    return criterion in features | demands | told | _OF_TEAM


def leading(
    choice: Choice, pairs: list[tuple[Contribution, Contribution]]
) -> list[tuple[Contribution, Contribution]]:
    """The differences, those in what was asked before general ones of up to twice their points."""

    def weight(pair: tuple[Contribution, Contribution]) -> float:
        mine, theirs = pair
        times = _COMPARABLE if is_asked(choice, mine.criterion) else 1.0
        return (mine.points - theirs.points) * times

    return sorted(pairs, key=lambda pair: -weight(pair))


def alike(choice: Choice, second: Scored, other: str, ahead: set[str]) -> Iterator[str]:
    """That the features asked for do not decide, where the pick is ahead in none of them.

    `ahead` are the criteria in which it is; `other` is the name of the runner-up.
    """
    features = [aspect_of(f) for f in choice.needs.features]
    mine = {c.criterion: c for c in choice.pick.contributions}
    theirs = {c.criterion: c for c in second.contributions}
    asked = [f for f in dict.fromkeys(features) if f in mine and f in theirs]
    if ahead & {*asked} or second.ruled_out:
        return
    even = [f for f in asked if abs(mine[f].level - theirs[f].level) < _LEVEL]
    behind = [f for f in asked if theirs[f].level - mine[f].level >= _LEVEL]
    if not even:
        return
    said = f"{', '.join(matter(mine[f]) for f in even)}: as good in {other}, so not what decides"
    better = next(iter(behind), "")
    if better:
        here = f"{choice.named(choice.pick)}: {mine[better].says}"
        said = f"{said}; {matter(mine[better])} is better there ({here})"
    yield choice.for_clients(said)
