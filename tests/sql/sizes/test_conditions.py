"""What a predicate says of the columns of its index."""

import pytest

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.conditions import restricted
from blueproof.sql.sizes.pieces import Piece

PIECES = (Piece(1.0, 0.4, 0, null=True), Piece(50.0, 0.6, 9))
TEXT = Slot(type="text")
SILENT = (
    "",
    "(b IS NOT NULL)",
    "((a IS NULL) OR (b > 1))",
    "(a IS DISTINCT FROM 'x'::text)",
    "(a IS NOT TRUE)",
    "not SQL (",
)
NOT_NULL = (
    "(a IS NOT NULL)",
    "((b = 1) AND (a IS NOT NULL))",
    "(a > 'x'::text)",
    "((a)::text <> 'x'::text)",
    "((a)::text = ANY ((ARRAY['x'::text, 'y'::text])::text[]))",
    "(NOT (a IS NULL))",
)


@pytest.mark.parametrize("predicate", SILENT)
def test_what_is_not_said_changes_nothing(predicate: str) -> None:
    assert restricted("a", TEXT, PIECES, predicate) == PIECES


@pytest.mark.parametrize("predicate", NOT_NULL)
def test_a_column_that_must_have_a_value_has_no_null(predicate: str) -> None:
    (one,) = restricted("a", TEXT, PIECES, predicate)
    assert not one.null
    assert one.values == 50
    assert one.share == pytest.approx(1)


def test_a_column_that_must_be_null_has_nothing_else() -> None:
    (one,) = restricted("a", TEXT, PIECES, "(a IS NULL)")
    assert (one.null, one.share) == (True, 1)


@pytest.mark.parametrize("predicate", ["(a = 'open'::text)", "((a)::text = 'open'::text)"])
def test_a_column_that_equals_a_constant_has_that_value(predicate: str) -> None:
    (one,) = restricted("a", TEXT, PIECES, predicate)
    assert (one.values, one.share, one.width) == (1, 1, 5)


@pytest.mark.parametrize("predicate", ["a", "(NOT a)", "(a IS TRUE)", "(a AND (b > 1))"])
def test_a_boolean_that_decides_has_one_value(predicate: str) -> None:
    (one,) = restricted("a", Slot(type="boolean", length=1, align=1), PIECES, predicate)
    assert (one.values, one.share) == (1, 1)
