"""The checks of the back end on GitHub: types, then rules and functions on the emulators."""

import re
from typing import Any

import yaml

from blueproof.facts.pinned import actions, uses

PATH = ".github/workflows/firebase.yml"
_USES = re.compile(r"^(\s*(?:- )?uses: )([\w./-]+)@([0-9a-f]{40})$", re.MULTILINE)
_NODE = 22
_MINUTES = 20


def workflow_file() -> str:
    """The text of the workflow; its actions are pinned to commits, their tags beside them."""
    text = yaml.safe_dump(_workflow(), sort_keys=False, width=100)
    text = re.sub(r"^'on':", "on:", text, flags=re.MULTILINE)
    return _USES.sub(lambda found: f"{found[0]} # {actions()[found[2]].tag}", text)


def _workflow() -> dict[str, Any]:
    return {
        "name": "back end",
        "on": {"pull_request": None, "push": {"branches": ["main"]}},
        "permissions": {"contents": "read"},
        "concurrency": {"group": "back-end-${{ github.ref }}", "cancel-in-progress": True},
        "jobs": {
            "emulators": {
                "runs-on": "ubuntu-24.04",
                "timeout-minutes": _MINUTES,
                "steps": _steps(),
            }
        },
    }


def _steps() -> list[dict[str, Any]]:
    setup = {"node-version": _NODE, "cache": "npm"}
    return [
        {"uses": uses("actions/checkout"), "with": {"persist-credentials": False}},
        {"uses": uses("actions/setup-node"), "with": setup},
        {"run": "npm ci"},
        {"run": "npm --prefix functions ci"},
        {"run": "npm --prefix functions run typecheck"},
        # The emulators want a newer Java than the runner's default; it has that one too.
        {"run": 'PATH="$JAVA_HOME_21_X64/bin:$PATH" npm run emulated'},
    ]
