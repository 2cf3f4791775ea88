"""convex/_generated in our own words, for a day when Convex' code generator has no offline way.

It means the same as the generator's files, in fewer lines: a test holds the two against each other.
A project needs a schema.ts for it; components are not known.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import PurePosixPath

FOLDER, GENERATED = "convex/", "convex/_generated/"
_WHOLE = ("api.js", "dataModel.d.ts", "server.d.ts", "server.js")
_MODULES = (".ts", ".tsx", ".js", ".jsx")
_SAYS_SOMETHING = re.compile(r"^\s{0,100}(?:import|export)", re.MULTILINE)


def printed(own: Mapping[str, str]) -> dict[str, str]:
    """The five files for the modules among the files of convex/, by path."""
    template = resources.files("blueproof.engines.typescript") / "template"
    whole = {f"{GENERATED}{n}": (template / n).read_text(encoding="utf-8") for n in _WHOLE}
    return {**whole, f"{GENERATED}api.d.ts": _api(tuple(modules(own)))}


def modules(own: Mapping[str, str]) -> Iterator[str]:
    """The paths below convex/, without an ending, of the files that hold functions."""
    for path, text in sorted(own.items()):
        pure = PurePosixPath(path.removeprefix(FOLDER))
        hidden = pure.name.startswith((".", "#")) or " " in str(pure)
        plain = pure.suffix in _MODULES and pure.name.count(".") == 1 and pure.stem != "schema"
        if plain and not hidden and pure.parts[0] != "_generated" and _SAYS_SOMETHING.search(text):
            yield str(pure.with_suffix(""))


def _api(names: tuple[str, ...]) -> str:
    # No name of a module can be one of ours, as none begins with an underscore and a digit.
    told = {name: f"_{number}" for number, name in enumerate(names)}
    imports = "".join(
        f'import type * as {own} from "../{name}.js";\n' for name, own in told.items()
    )
    members = "".join(f'  "{name}": typeof {own};\n' for name, own in told.items())
    return (
        'import type { ApiFromModules, FilterApi, FunctionReference } from "convex/server";\n'
        f"{imports}\n"
        f"declare const fullApi: ApiFromModules<{{\n{members}}}>;\n"
        'export declare const api: FilterApi<typeof fullApi, FunctionReference<any, "public">>;\n'
        "export declare const internal: FilterApi<\n"
        '  typeof fullApi,\n  FunctionReference<any, "internal">\n>;\n'
    )
