"""README.md of the app: what it is, the first run, what each folder is."""

from blueproof.starters.expo_files.merging import lists, tables
from blueproof.starters.feature import App, Feature

_RELEASES = (
    "A pull request runs the checks (`.github/workflows/ci.yml`). On EAS, a push to `main` makes",
    "preview builds; a tag such as `v1.2.3` builds both apps and hands them to the stores",
    "(`.eas/workflows/`). Environment variables are set once for each environment of EAS:",
    "`npx eas-cli@latest env:create`.",
)


def files(app: App, features: tuple[Feature, ...]) -> dict[str, str]:
    """README.md by its path."""
    parts = [
        f"# {app.title}",
        "A chat for phones: Expo and React Native.",
        *_says("What it can do", [each for each in features if each.stack == "expo"]),
        *_says("The back end", [each for each in features if each.stack != "expo"]),
        "## First run",
        _steps(app, features),
        "## Where things are",
        _folders(features),
        *_offline(features),
        "## Checks and releases",
        _releases(features),
        "## Before the first release",
        "\n".join(f"- {line}" for line in lists(features, "before_release")),
    ]
    return {"README.md": "\n\n".join(parts) + "\n"}


def _says(title: str, features: list[Feature]) -> list[str]:
    lines = [f"- {feature.data['says']}" for feature in features if "says" in feature.data]
    return [f"## {title}", "\n".join(lines)] if lines else []


def _steps(app: App, features: tuple[Feature, ...]) -> str:
    placed = lists(features, "steps_in_region") if app.region else []
    steps = sorted([*lists(features, "steps"), *placed], key=lambda step: step["at"])
    if not lists(features, "env"):
        steps = [step for step in steps if ".env.example" not in step.get("run", "")]
    return "\n".join(f"{n}. {_step(step)}" for n, step in enumerate(steps, 1))


def _step(step: dict[str, str]) -> str:
    return f"{step['do']}: `{step['run']}`" if "run" in step else f"{step['do']}."


def _folders(features: tuple[Feature, ...]) -> str:
    folders = tables(features, "folders")
    rows = [f"| `{path}` | {folders[path]} |" for path in sorted(folders)]
    return "\n".join(["| path | what it is |", "| --- | --- |", *rows])


def _offline(features: tuple[Feature, ...]) -> list[str]:
    for feature in features:
        if said := feature.data.get("offline"):
            return ["## Without a connection", f"{said['reads']} {said['writes']}"]
    return []


def _releases(features: tuple[Feature, ...]) -> str:
    scripts = tables(features, "scripts")
    rows = [f"| `npm run {name}` | `{scripts[name]}` |" for name in scripts]
    return "\n".join([*_RELEASES, "", "| script | runs |", "| --- | --- |", *rows])
