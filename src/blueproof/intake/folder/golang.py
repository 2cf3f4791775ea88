"""Go modules: what go.mod requires."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text
from blueproof.intake.folder.packages import proved

_GO = re.compile(r"^go[ \t]+(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
_REQUIRED = re.compile(
    r"^(?:require)?[ \t]+([\w.-]+\.[a-z]{2,}/[\w./~-]+)[ \t]+v[\w.+-]+([^\n]*)", re.MULTILINE
)


def read_go_mod(file: Text) -> Iterator[Finding]:
    """What a go.mod says; what it names as indirect is somebody else's choice."""
    yield Found(key="runtime", value="go", line=1)
    yield Found(key="package-manager", value="go", line=1)
    yield Found(key="test-command", value="go test ./...", line=1)
    go = _GO.search(file.text)
    if go:
        yield Found(key="version.go", value=go[1], line=file.line(go.start()))
    for required in _REQUIRED.finditer(file.text):
        if "// indirect" not in required[2]:
            yield from proved("go", required[1], file.line(required.start(1)))
