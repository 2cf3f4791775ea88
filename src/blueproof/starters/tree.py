"""An app as one tree of files: the client, and one back end with its data layer."""

from blueproof.starters import convex_files, expo_files, firebase_files
from blueproof.starters.feature import App, Stack, chosen
from blueproof.starters.firebase_files.region import placed

_BACK_ENDS = {"convex": convex_files, "firebase": firebase_files}


def tree(stack: Stack, app: App) -> dict[str, str]:
    """The text of every file by its path, sorted.

    UsageError if the back end cannot hold what the app asks; ValueError if its features make none.
    """
    own = _BACK_ENDS[stack].files(app)
    client = expo_files.files(app, chosen(stack, app))
    if both := own.keys() & client.keys():
        raise ValueError(f"written twice: {', '.join(sorted(both))}")
    return dict(sorted(placed(client | own, app.region).items()))
