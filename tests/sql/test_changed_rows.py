"""Writes read as queries for the rows they change, and put back."""

import pytest

from blueproof.sql.changed_rows import changed_rows
from blueproof.sql.keys import ForeignKey
