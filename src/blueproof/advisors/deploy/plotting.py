"""The bills of both shapes over the load, and where they cross."""

from blueproof.advisors.deploy.case import NAMES, Deployment
from blueproof.advisors.deploy.load import Shape, said
from blueproof.advisors.deploy.wording import dollars
from blueproof.core.plot import Mark, Plot, Series

_POINTS = 25
_LEAST, _MOST = 1e4, 1e9  # requests a month between which a plot is of use to anybody
_AROUND = 12  # how many times below and above what matters the plot begins and ends


def crossing(deployment: Deployment) -> tuple[Plot, ...]:
    """The plot; none where only one shape can run the service."""
    if deployment.obstacles:
        return ()
    loads = _loads(deployment)
    shapes = (deployment.shape, deployment.other)
    return (
        Plot(
            id="crossing",
            title="What a month costs, by the requests that come",
            x_unit="requests a month",
            y_unit="US dollars a month",
            series=tuple(_series(deployment, shape, loads) for shape in shapes),
            marks=tuple(_marks(deployment, loads)),
        ),
    )


def _loads(deployment: Deployment) -> tuple[float, ...]:
    """Loads in even steps of a logarithm, around the person's own and the crossing."""
    held = [deployment.load.monthly]
    if deployment.crossing < _MOST:
        held.append(deployment.crossing)
    low = max(_LEAST, min(held) / _AROUND)
    high = max(min(_MOST, max(held) * _AROUND), low * _AROUND)
    return tuple(low * (high / low) ** (n / (_POINTS - 1)) for n in range(_POINTS))


def _series(deployment: Deployment, shape: Shape, loads: tuple[float, ...]) -> Series:
    points = tuple((load, _total(deployment, shape, load)) for load in loads)
    return Series(label=NAMES[shape], points=points)


def _total(deployment: Deployment, shape: Shape, load: float) -> float:
    return float(deployment.bill(shape, deployment.tier, load).total)


def _marks(deployment: Deployment, loads: tuple[float, ...]) -> list[Mark]:
    own, meet = deployment.load.monthly, deployment.crossing
    cost = _total(deployment, deployment.shape, own)
    told = "you" if deployment.load.told else "assumed"
    marks = [Mark(at=(own, cost), label=f"{told}: {said(own)} a month, {dollars(cost)}")]
    if loads[0] < meet < loads[-1]:
        both = _total(deployment, "fargate", meet)
        words = f"Fargate costs less from {said(meet)} on"
        marks.append(Mark(at=(meet, both), label=words))
    return marks
