"""The files that bring a project to where it runs, kept as texts: a review needs their lines.

A workflow, a Dockerfile, a trust policy: what is wrong in them is said by file and line, and the
corrected text is handed back. Values of secrets are struck out before anything is kept.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from blueproof.core.brief import Document
from blueproof.intake.folder.merging import printable
from blueproof.intake.folder.walk import read_text
from blueproof.sql.secrets import masked

WORKFLOWS = ".github/workflows"
_NAMED = re.compile(
    r"(?:.*/)?(?:\.github/workflows/[^/]+\.ya?ml|(?:[\w.-]+\.)?[Dd]ockerfile(?:\.[\w-]+)?"
    r"|Containerfile|\.dockerignore|package\.json|(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml"
    r"|nginx\.conf|\.gitlab-ci\.ya?ml|[\w.-]+\.tf|serverless\.ya?ml)"
)
_JSON = re.compile(r"(?:.*/)?[\w.-]*(?:trust|polic|oidc|role|assume)[\w.-]*\.json", re.IGNORECASE)
_TEMPLATE = re.compile(r"[\w./-]*\.(?:ya?ml|json|template)")
_RESOURCE = re.compile(r"[\"']?Type[\"']?\s*:\s*[\"']?AWS::\w+::")
_TRUST = re.compile(r"\"sts:AssumeRole")
_WORKFLOW = re.compile(r"^jobs:[ \t]*(?:#.*)?$", re.MULTILINE)
_MOST = 40  # such files of one project
_MOST_BYTES = 256 * 1024
_SECRET = re.compile(
    r"^(?P<before>[ \t]*(?:ENV|ARG)[ \t]+\w*(?:SECRET|PASSW|TOKEN|API_?KEY|PRIVATE|CREDENTIAL)\w*"
    r"(?:=|[ \t]+))(?![\"']?(?:\$|$|changeme|example|dummy|<))(?P<value>\S+)",
    re.MULTILINE | re.IGNORECASE,
)
STRUCK_OUT = "***"


def delivery_of(root: Path, files: tuple[str, ...], before: str = "") -> tuple[Document, ...]:
    """The texts of a project's files of delivery; `before` stands in front of their paths."""
    return tuple(_documents(root, files, before))[:_MOST]


def _documents(root: Path, files: tuple[str, ...], before: str) -> Iterator[Document]:
    for path in files:
        named = _NAMED.fullmatch(path) or _JSON.fullmatch(path)
        if not named and not _TEMPLATE.fullmatch(path):
            continue
        try:
            text = read_text(root, path, _MOST_BYTES)
        except (OSError, ValueError):  # the reader of the folder has told of it
            continue
        if text and (
            _NAMED.fullmatch(path)
            or _RESOURCE.search(text)
            or (_JSON.fullmatch(path) and _TRUST.search(text))
        ):
            shown = printable(f"{before}{path}")
            yield Document(role="delivery", text=without_secrets(text), parts=((shown, 1),))


def without_secrets(text: str) -> str:
    """The text with the values of secrets struck out; its lines stay.

    >>> without_secrets("ENV STRIPE_SECRET=abc")
    'ENV STRIPE_SECRET=***'
    """
    return masked(_SECRET.sub(lambda found: f"{found['before']}{STRUCK_OUT}", text))


def is_workflow(text: str) -> bool:
    """Whether YAML is a workflow of GitHub Actions, wherever it lies."""
    return bool(_WORKFLOW.search(text)) and bool(re.search(r"^[\"']?on[\"']?:", text, re.MULTILINE))


def is_template(text: str) -> bool:
    """Whether YAML or JSON is a template of CloudFormation or SAM."""
    return bool(_RESOURCE.search(text))


def is_trust(text: str) -> bool:
    """Whether JSON is a trust policy of a role."""
    return bool(_TRUST.search(text))
