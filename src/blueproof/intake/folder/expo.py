"""Expo's app.json and app.config.js or .ts: SDK, plugins, what the app asks the phone for.

A configuration that is code is searched for what stands in it as text, never run.
"""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text, feature, technology
from blueproof.intake.folder.packages import plain_version, proved
from blueproof.intake.folder.tree import Tree, at, is_there, read_json

_PERMISSIONS = {
    "ACCESS_FINE_LOCATION": "location-tracking",
    "ACCESS_BACKGROUND_LOCATION": "location-tracking",
    "NSLocationWhenInUseUsageDescription": "location-tracking",
    "NSLocationAlwaysAndWhenInUseUsageDescription": "location-tracking",
}
_WORD = re.compile(r"""["']([@\w./-]{3,60})["']|\b(NSLocation\w+)""")
_SDK = re.compile(r"""\bsdkVersion:\s*["'](\d+(?:\.\d+)*)""")
_EXPO = re.compile(r"""\bexpo:\s*\{|from ["']expo/config["']|\bExpoConfig\b|require\(["']expo""")
_SLUG = re.compile(r"""\bslug:""")


def read_app_json(file: Text) -> Iterator[Finding]:
    """What an app.json says, if it is Expo's."""
    tree = at(read_json(file), "expo")
    if not is_there(tree):
        return
    yield technology("expo", tree.line)
    sdk = at(tree, "sdkVersion")
    if plain_version(sdk.text):
        yield Found(key="version.expo", value=plain_version(sdk.text), line=sdk.line)
    for plugin in at(tree, "plugins").each():
        named = plugin if plugin.text else next(plugin.each(), plugin)
        yield from proved("npm", named.text, named.line)
    yield from _asked(tree)


def _asked(tree: Tree) -> Iterator[Finding]:
    info = at(tree, "ios", "infoPlist").items()
    permissions = at(tree, "android", "permissions").each()
    asked = [*info, *((p.text, p) for p in permissions)]
    for name, place in asked:
        wanted = _PERMISSIONS.get(name.rpartition(".")[2])
        if wanted:
            yield feature(wanted, place.line)


def read_app_config(file: Text) -> Iterator[Finding]:
    """What stands as text in an app.config.js or .ts."""
    start = _EXPO.search(file.text) or _SLUG.search(file.text)
    if not start:
        return
    yield technology("expo", file.line(start.start()))
    sdk = _SDK.search(file.text)
    if sdk:
        yield Found(key="version.expo", value=sdk[1], line=file.line(sdk.start()))
    for word in _WORD.finditer(file.text):
        name, line = word[1] or word[2], file.line(word.start())
        yield from proved("npm", name, line)
        if _PERMISSIONS.get(name.rpartition(".")[2]):
            yield feature(_PERMISSIONS[name.rpartition(".")[2]], line)
