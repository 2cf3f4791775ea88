"""Blueproof: the backend architect that proves its advice.

from blueproof import Brief, consult
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from blueproof.consult import consult  # at once: a submodule of its name would stand there else

if TYPE_CHECKING:
    from blueproof.core.blueprint import Blueprint
    from blueproof.core.brief import Brief

__version__ = "0.1.0"
__all__ = ["Blueprint", "Brief", "consult"]

# Imported when first asked for: the command line begins with what it keeps compiled.
_PLACES = {"Blueprint": "blueproof.core.blueprint", "Brief": "blueproof.core.brief"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
