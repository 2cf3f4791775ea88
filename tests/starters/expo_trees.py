"""Trees of the Expo client with a data layer that only declares what the back ends give."""

from pathlib import Path

from blueproof.starters.expo_files import files
from blueproof.starters.feature import App, Feature

STUBS = Path(__file__).parent / "expo_stub"
EVERYTHING = (
    *("anonymous", "apple", "attachments", "chat", "edits", "email", "google", "groups"),
    *("offline", "presence", "push", "reactions", "receipts", "roles", "safety", "web"),
)
SETS = {
    "everything": EVERYTHING,
    "email only": ("chat", "email"),
    "groups with all": tuple(
        name for name in EVERYTHING if name not in {"anonymous", "roles", "web"}
    ),
    "anonymous only": ("anonymous", "chat"),
    "no push": tuple(name for name in EVERYTHING if name not in {"push", "web"}),
    "web and roles": ("chat", "email", "roles", "safety", "web"),
}
PROMISE = {"reads": "What was read stays.", "writes": "What you write is sent later."}


def app(features: tuple[str, ...], group: int = 50) -> App:
    return App(
        name="family-chat", title="Family chat", identifier="com.example.familychat",
        features=features, group=group,
    )  # fmt: skip


def stubs(features: tuple[str, ...]) -> tuple[Feature, ...]:
    """The back end's features: signatures alone, and what it must say of a lost connection."""
    data = {"offline": {"offline": PROMISE}}
    return tuple(
        Feature(stack="convex", name=name, files=_read(STUBS / name), data=data.get(name, {}))
        for name in ("core", *features)
    )


def tree(features: tuple[str, ...]) -> dict[str, str]:
    """The client and its declared data layer, by path."""
    others = stubs(features)
    found = files(app(features), others)
    for feature in others:
        assert not found.keys() & feature.files.keys()
        found |= feature.files
    return found


def _read(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.ts*")
    }
