"""What an app does around each write, delivery and reading, beyond the quantities themselves.

The bills that options are compared by count the same lean app for all of them: a record and its
list's summary written, one look-up, one change told to each open screen. What a starter that we
hand over does besides stands here, counted in its own code, so that its bill can be told, too.

A *reading* is one other person marking a write as read while they have it before them.
"""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.costs.quantities import CHECKS_A_REQUEST, RECORDS_A_WRITE
from blueproof.costs.usage import ZERO, Usage

ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """Counts around one write, one delivery and one reading; the defaults are the lean app's.

    `kb_a_delivery` and `kb_a_reading` are database I/O besides the page that a list reads anew.
    """

    written_a_write: Decimal = RECORDS_A_WRITE
    looked_up_a_write: Decimal = CHECKS_A_REQUEST
    functions_a_write: Decimal = ZERO
    changes_a_delivery: Decimal = ONE
    kb_a_delivery: Decimal = ZERO
    written_a_reading: Decimal = ZERO
    looked_up_a_reading: Decimal = ZERO
    functions_a_reading: Decimal = ZERO
    kb_a_reading: Decimal = ZERO


LEAN = Habits()

# The table in docs/firestore.md of the starter on Firebase: six documents written for a message
# (the deletion of the mark, a ninth of a write's price, is left out), seven looked up, two told to
# each open screen; two and three for each reader, and a run of a trigger for either.
FIREBASE_STARTER = Habits(
    written_a_write=Decimal(6),
    looked_up_a_write=Decimal(7),
    functions_a_write=ONE,
    changes_a_delivery=Decimal(2),
    written_a_reading=Decimal(2),
    looked_up_a_reading=Decimal(3),
    functions_a_reading=ONE,
)

# Of the starter on Convex: a message changes the conversation's row, which the list, the
# conversation and the inbox of an open screen read, so all three run again; marking as read is a
# mutation, after which the reader's own inbox and conversation do. A row of the inbox reads about
# nine records of 0.2 KB (the conversation, two memberships of one's own, up to four people by two
# records each); half a page of rows is assumed. The list looks up each author.
_ROW_KB = Decimal(9) * Decimal("0.2")
_INBOX_KB = Decimal(15) * _ROW_KB
_AUTHORS_KB = Decimal(30) * Decimal("0.2")
CONVEX_STARTER = Habits(
    written_a_write=Decimal(4),
    looked_up_a_write=Decimal(6),
    changes_a_delivery=Decimal(3),
    kb_a_delivery=_AUTHORS_KB + _INBOX_KB + _ROW_KB,
    written_a_reading=ONE,
    functions_a_reading=Decimal(3),
    kb_a_reading=_INBOX_KB + _ROW_KB,
)


def readings(usage: Usage) -> Decimal:
    """How often somebody else reads a write while they have it before them, in the month."""
    return max(usage.deliveries - usage.writes, ZERO)
