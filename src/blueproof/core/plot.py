"""Lines over a load: what grows how fast, and where one overtakes the other."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line: its label, and its points from left to right."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A point worth a word: where it is, and the word."""

    at: Point
    label: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Lines in one unit over a load on a logarithmic axis, with marks."""

    id: str
    title: str
    x_unit: str
    y_unit: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
