"""Whether a file as mended compiles as well as it did before: nothing new is held against it.

What the file imports is taken as `any` where it is not in our tree, so a complaint that it had
already, or that comes of that, says nothing; a name that is not there, or a call that cannot be,
does.
"""

import json
from collections.abc import Mapping

from blueproof.engines.typescript.compiling import Complaint, check
from blueproof.engines.typescript.trees import told, tree

_SHIMS = """\
declare module '*';
declare const process: any, Deno: any, Buffer: any, require: any, module: any, exports: any;
declare namespace JSX { interface IntrinsicElements { [name: string]: any } }
"""
_SETTINGS = {
    "compilerOptions": {
        "target": "es2022", "lib": ["es2022", "dom", "dom.iterable"], "module": "esnext",
        "moduleResolution": "bundler", "jsx": "preserve", "allowJs": True, "checkJs": True,
        "skipLibCheck": True, "noEmit": True, "types": [], "moduleDetection": "force",
    },
    "include": ["before/**/*", "after/**/*", "shims.d.ts"],
}  # fmt: skip
_BEFORE, _AFTER = "before/", "after/"
# A type of a module that is taken as `any`.
_OF_ANY = frozenset({"TS2503", "TS2694", "TS2709"})


def compiler() -> str:
    """What compiles here, with its version; "" where nothing does."""
    return told("client") if tree("client") else ""


def held_against(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Complaint, ...]:
    """What the compiler holds against files as mended, and not as they were; errors as `check`."""
    packages = tree("client")
    assert packages is not None, "compiler() says so"
    files = {"tsconfig.json": json.dumps(_SETTINGS), "shims.d.ts": _SHIMS}
    files |= {f"{_BEFORE}{path}": text for path, text in before.items()}
    files |= {f"{_AFTER}{path}": text for path, text in after.items()}
    found = check(files, packages).complaints
    known = {(c.path.removeprefix(_BEFORE), *_plain(c)) for c in found}
    return tuple(
        c
        for c in found
        if c.path.startswith(_AFTER)
        and c.code not in _OF_ANY
        and (c.path.removeprefix(_AFTER), *_plain(c)) not in known
    )


def _plain(complaint: Complaint) -> tuple[str, str]:
    """A complaint without the name that it proposes, which is not proposed each time."""
    text, proposes, _ = complaint.text.partition(" Did you mean ")
    return ("TS2304" if proposes and complaint.code == "TS2552" else complaint.code), text
