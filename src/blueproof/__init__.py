"""The backend architect that proves its advice."""

__version__ = "0.1.0"
