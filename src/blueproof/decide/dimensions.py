"""What decides between back ends, apart from the features: each with its values and their odds.

The odds are what we take for likely of an app of which nothing is said. They are assumptions; they
rank the questions, and never choose by themselves.
"""

from dataclasses import dataclass

YES_NO = ("no", "yes")


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One thing that may decide: its question, the values it may take, and the one assumed.

    `odds` are one for each value and sum to one. A number's values are steps (1,000 users).
    """

    id: str
    ask: str
    why: str
    values: tuple[str, ...] = YES_NO
    odds: tuple[float, ...] = (0.75, 0.25)
    default: str = "no"
    unit: str = ""
    when: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if round(sum(self.odds), 9) != 1 or len(self.odds) != len(self.values):
            raise ValueError(f"dimension {self.id}: the odds do not fit the values")
        if len(self.when) not in {0, len(self.values)} or not (self.when or self.unit):
            raise ValueError(f"dimension {self.id}: say for each value when it holds")
        if self.default not in self.values:
            raise ValueError(f"dimension {self.id}: its default is none of its values")

    def condition(self, value: str) -> str:
        """The clause that says the value holds, to stand after "if"."""
        if self.when and value in self.values:
            return self.when[self.values.index(value)]
        return f"it has {float(value):,.0f} {self.unit}"

    @property
    def is_number(self) -> bool:
        """Whether it is answered with a number."""
        return bool(self.unit)


TALK = ("chat", "group-chat", "realtime-sync", "presence", "feed", "notifications")

DIMENSIONS = (
    Dimension(
        id="users",
        ask="How many people will use it in a month, a year from now?",
        why="it sets the bill, and which plan's limits hold",
        values=("1000", "10000", "100000", "1000000"),
        odds=(0.4, 0.35, 0.2, 0.05),
        default="10000",
        unit="monthly users",
    ),
    Dimension(
        id="group-size",
        ask="How many people are in the largest conversation?",
        why="every message goes to each open screen, and each of those is billed",
        values=("2", "5", "50", "1000"),
        odds=(0.3, 0.45, 0.2, 0.05),
        default="5",
        unit="people in a conversation",
        only_with=("chat", "group-chat"),
    ),
    Dimension(
        id="messages",
        ask="How many messages does a person send on a day of use?",
        why="writes and their deliveries are most of the bill",
        values=("5", "20", "100"),
        odds=(0.3, 0.5, 0.2),
        default="20",
        unit="messages a person and day",
        only_with=("chat", "group-chat"),
    ),
    Dimension(
        id="offline",
        ask="Must people read and write while they have no connection?",
        why="only some of the options keep data on the phone and send it later",
        when=("nobody needs it without a connection", "people must read and write while offline"),
    ),
    Dimension(
        id="reporting",
        ask="Will somebody need SQL reports or joins over the live data?",
        why="a document store needs an export to a warehouse for that",
        odds=(0.7, 0.3),
        when=("nobody needs SQL reports", "somebody needs SQL reports over the live data"),
    ),
    Dimension(
        id="self-hosted",
        ask="Must it run on your own servers?",
        why="it rules out the vendors that only sell a service",
        odds=(0.93, 0.07),
        when=("a vendor may run it", "it must run on your own servers"),
    ),
    Dimension(
        id="region",
        ask="Where must the data be kept?",
        why="not every vendor has a region everywhere, and a region cannot be changed later",
        values=("anywhere", "eu", "us", "elsewhere"),
        odds=(0.62, 0.25, 0.08, 0.05),
        default="anywhere",
        when=(
            "the data may be kept anywhere",
            "the data must stay in the EU",
            "the data must stay in the United States",
            "the data must stay outside the EU and the United States",
        ),
    ),
    Dimension(
        id="hipaa",
        ask="Does it hold health records of patients in the United States (HIPAA)?",
        why="it needs a signed agreement, which is a paid plan or not to be had",
        odds=(0.95, 0.05),
        when=("it holds no US health records", "it holds US health records (HIPAA)"),
    ),
    Dimension(
        id="budget",
        ask="What may the back end cost in a month?",
        why="a ceiling rules out the options whose bill goes over it",
        values=("any", "0", "25", "100", "1000"),
        odds=(0.45, 0.1, 0.15, 0.2, 0.1),
        default="any",
        unit="US dollars a month",
        when=(
            "the budget is open",
            "it must cost nothing",
            "the budget is $25 a month",
            "the budget is $100 a month",
            "the budget is $1,000 a month",
        ),
    ),
    Dimension(
        id="spending-cap",
        ask="Must spending stop by itself at a limit?",
        why="a loop in a client can cost thousands over a night where nothing stops it",
        odds=(0.8, 0.2),
        when=("alerts are enough", "spending must stop by itself at a limit"),
    ),
    Dimension(
        id="time",
        ask="When must the first version be out?",
        why="what is built in saves days, and a short time weighs that more",
        values=("days", "weeks", "months"),
        odds=(0.1, 0.4, 0.5),
        default="months",
        when=(
            "the first version is due within days",
            "the first version is due within weeks",
            "there are months for the first version",
        ),
    ),
    Dimension(
        id="skills",
        ask="What does the team write best: TypeScript or SQL?",
        why="rules, functions and reports are written in one or the other",
        values=("either", "typescript", "sql"),
        odds=(0.5, 0.35, 0.15),
        default="either",
        when=(
            "the team writes either",
            "the team writes TypeScript, not SQL",
            "the team writes SQL",
        ),
    ),
    Dimension(
        id="expo-go",
        ask="Must it run in Expo Go, without a development build?",
        why="native modules do not load there",
        odds=(0.85, 0.15),
        when=("a development build is fine", "it must run in Expo Go"),
        only_with=("expo",),
    ),
    Dimension(
        id="web",
        ask="Will there be a web client too?",
        why="some clients work on phones only",
        odds=(0.6, 0.4),
        when=("it is for phones only", "there will be a web client too"),
    ),
)
BY_ID = {dimension.id: dimension for dimension in DIMENSIONS}
