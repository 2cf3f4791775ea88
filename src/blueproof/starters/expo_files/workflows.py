"""The pipelines: checks on GitHub for every change, builds and releases on EAS."""

import re
from typing import Any

import yaml

from blueproof.facts.pinned import actions, uses
from blueproof.starters.expo_files.merging import tables
from blueproof.starters.feature import Feature

Data = dict[str, Any]
_USES = re.compile(r"^(\s*(?:- )?uses: )([\w./-]+)@([0-9a-f]{40})$", re.MULTILINE)
_CHECKS = ("typecheck", "test")
_NODE = 24
_PLATFORMS = ("android", "ios")


def files(features: tuple[Feature, ...]) -> dict[str, str]:
    """The workflows by path."""
    return {
        ".github/workflows/ci.yml": _printed(_ci(tables(features, "scripts"))),
        ".eas/workflows/preview.yml": _printed(_preview()),
        ".eas/workflows/release.yml": _printed(_release()),
    }


def _printed(data: Data) -> str:
    text = yaml.safe_dump(data, sort_keys=False, width=100, allow_unicode=True)
    text = re.sub(r"^'on':", "on:", text, flags=re.MULTILINE)
    return _USES.sub(lambda found: f"{found[0]} # {actions()[found[2]].tag}", text)


def _ci(scripts: Data) -> Data:
    checks = [name for name in scripts if name.partition(":")[0] in _CHECKS and _ends(name)]
    checkout = {"uses": uses("actions/checkout"), "with": {"persist-credentials": False}}
    node = {"uses": uses("actions/setup-node"), "with": {"node-version": _NODE, "cache": "npm"}}
    return {
        "name": "checks",
        "on": {"pull_request": None, "push": {"branches": ["main"]}},
        "permissions": {"contents": "read"},
        "concurrency": {"group": "checks-${{ github.ref }}", "cancel-in-progress": True},
        "jobs": {
            "checks": {
                "runs-on": "ubuntu-24.04",
                "timeout-minutes": 20,
                "steps": [
                    checkout,
                    node,
                    {"run": "npm ci"},
                    *({"run": f"npm run {name}"} for name in checks),
                ],
            }
        },
    }


def _ends(name: str) -> bool:
    """A script that watches runs for ever."""
    return not name.endswith(":watch")


def _preview() -> Data:
    return {
        "name": "Preview",
        "on": {"push": {"branches": ["main"]}},
        "jobs": {f"build_{platform}": _build(platform, "preview") for platform in _PLATFORMS},
    }


def _release() -> Data:
    """A tag v1.2.3 builds both apps and hands them to the stores, where a person releases them."""
    builds = {f"build_{platform}": _build(platform, "production") for platform in _PLATFORMS}
    return {
        "name": "Release",
        "on": {"push": {"tags": ["v*"]}},
        "jobs": builds | {f"submit_{platform}": _submit(platform) for platform in _PLATFORMS},
    }


def _build(platform: str, profile: str) -> Data:
    return {"type": "build", "params": {"platform": platform, "profile": profile}}


def _submit(platform: str) -> Data:
    built = f"${{{{ needs.build_{platform}.outputs.build_id }}}}"
    return {"type": "submit", "needs": [f"build_{platform}"], "params": {"build_id": built}}
