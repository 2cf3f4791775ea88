"""Blueproof: the backend architect that proves its advice.

from blueproof import Brief, consult
"""

from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief

__version__ = "0.1.0"
__all__ = ["Blueprint", "Brief", "consult"]
