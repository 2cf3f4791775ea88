"""What a choice of back end is made from: features, options, and what is known of the rest."""

from dataclasses import dataclass, replace
from functools import cached_property

from blueproof.decide.dimensions import BY_ID, DIMENSIONS, Dimension

_A_CIRCLE = 50  # people below which an app that nobody works with is a private one
_LEAST_PLAN = 25  # US dollars a month: what the cheapest plan that never pauses costs
SSO = "single-sign-on"  # the feature
FAMILIES = ("convex", "firebase", "supabase", "aws")


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The needs of one case; `known` are (dimension, value) pairs, the rest is assumed.

    `options` are the families that the person named as candidates (none: all are), `current`
    those in use, `ruled_out` those they will not have. `clients` are the frameworks of the app.
    `writes` are records a month that machines send beside what people do, `developers` those who
    get a seat; to the thrifty a low bill is worth more than comfort. `files_gb` are stored and
    `downloads_gb` fetched in a month, `daily_percent` of the month's people come on a day, where
    that was told (0: not told). Of files told as a rate, `uploads` are how many a month,
    `uploads_mb` their size together, `fetches` how often one is fetched; `deeds` are what people do
    a month (visits, orders). All four are of `people`, and grow with them; 0: of all, whoever they
    are. Data is kept for `kept_months` (0: not told). `staff` work with it every working day; who
    is `together` is there at the same moment. The budget was told in `currency` ("": US dollars).
    The bill is that of the `month` after the start (0: the twelfth); `started` people were there
    then, where they grow. By single sign-on `sso_users` come (0: all), from `sso_firms` firms.
    `records` are small ones a month (scans, swipes), each written once; `watchers` are the screens
    that follow everybody who moves. `demands` are what must hold beside the features, as (id,
    amount); of the `unfamiliar` families the team knows nothing. Of a hundred messages `spoken` are
    voice messages (0: not told).
    """

    features: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    writes: int = 0
    developers: int = 1
    thrifty: bool = False
    files_gb: int = 0
    downloads_gb: int = 0
    daily_percent: int = 0
    uploads: int = 0
    uploads_mb: int = 0
    fetches: int = 0
    deeds: int = 0
    people: int = 0
    kept_months: int = 0
    staff: bool = False
    together: bool = False
    currency: str = ""
    month: int = 0
    started: int = 0
    sso_users: int = 0
    sso_firms: int = 0
    records: int = 0
    watchers: int = 0
    demands: tuple[tuple[str, str], ...] = ()
    unfamiliar: tuple[str, ...] = ()
    spoken: int = 0

    def __post_init__(self) -> None:
        for name, value in self.known:
            dimension = BY_ID[name]
            if not dimension.is_number and value not in dimension.values:
                raise ValueError(f"{name}: {value!r} is none of {dimension.values}")

    @cached_property
    def _known(self) -> dict[str, str]:
        return dict(self.known)

    def value(self, name: str) -> str:
        """The known value of a dimension, or else the one assumed."""
        return self._known.get(name) or BY_ID[name].default

    def number(self, name: str) -> float:
        """A dimension's value as a number; infinity where there is no ceiling ("any")."""
        value = self.value(name)
        return float("inf") if value == "any" else float(value)

    def is_known(self, name: str) -> bool:
        """Whether the dimension was told, not assumed."""
        return any(known == name for known, _ in self.known)

    def holding(self, **values: str) -> "Needs":
        """The same needs with some values set, given as dimension=value (- written as _)."""
        new = {name.replace("_", "-"): value for name, value in values.items()}
        kept = tuple((n, v) for n, v in self.known if n not in new)
        return replace(self, known=tuple(sorted((*kept, *new.items()))))

    @property
    def may_pause(self) -> bool:
        """Whether a free plan that pauses will do: a trial of days, no money, or a few friends."""
        no_money = self.thrifty or self.number("budget") < _LEAST_PLAN
        private = self.is_known("users") and self.number("users") < _A_CIRCLE
        return not self.staff and (self.value("time") == "days" or no_money or private)

    def open(self) -> tuple[Dimension, ...]:
        """The dimensions that nobody told, of those that matter here."""
        return tuple(d for d in DIMENSIONS if not self.is_known(d.id) and self.concerns(d))

    def concerns(self, dimension: Dimension) -> bool:
        """Whether the dimension matters for these features at all."""
        return not dimension.only_with or bool(
            {*self.features, *self.clients} & {*dimension.only_with}
        )

    def candidates(self) -> tuple[str, ...]:
        """The families to choose among; with one named, the others stay in the comparison."""
        named = self.options if len(self.options) > 1 else FAMILIES
        return tuple(f for f in named if f not in self.ruled_out)
