"""What the makers say of the things that are looked for in source files."""

from collections.abc import Mapping
from datetime import date

from blueproof.core.evidence import Citation

_DAY = date(2026, 11, 29)
_FS_PRICE = ("https://firebase.google.com/docs/firestore/pricing",
             "a read is charged for each document of a result, and again for all of a listener's "
             "result after 30 minutes without connection")  # fmt: skip
_FS_COUNT = ("https://firebase.google.com/docs/firestore/query-data/aggregation-queries",
             "count() returns the number alone and saves on document reads")  # fmt: skip
_FS_TX = ("https://firebase.google.com/docs/firestore/manage-data/transactions",
          "a transaction reads and writes as one, and is run again where what it read "
          "changed")  # fmt: skip
_STRIPE = ("https://docs.stripe.com/webhooks",
           "answer 2xx before complex logic, handle events once though they come again, in any "
           "order, and verify the signature on the raw body")  # fmt: skip
_EXPO = ("https://docs.expo.dev/push-notifications/sending-notifications/",
         "up to 100 notifications go in one request; receipts tell of each")  # fmt: skip
_KEYS = ("https://supabase.com/docs/guides/api/api-keys",
         "a secret or service_role key passes by row level security and belongs on servers "
         "only")  # fmt: skip
_PUBLISHED: Mapping[str, tuple[str, str]] = {
    "fs-unbounded-listener": _FS_PRICE, "fs-unbounded-read": _FS_PRICE,
    "fs-read-in-loop": _FS_PRICE, "fs-refetch-on-focus": _FS_PRICE,
    "fs-listener-in-loop": _FS_PRICE, "fs-count-by-reading": _FS_COUNT,
    "push-one-by-one": _EXPO, "no-auth": _KEYS,
    "secret-in-client": _KEYS,
}  # fmt: skip


def evidence_of(rule: str, text: str) -> tuple[Citation, ...]:
    """What is published on a thing that was found in a file of that text; none where nothing is."""
    if rule.startswith("wh-") and "stripe" in text.lower():
        found: tuple[str, str] | None = _STRIPE
    elif rule == "lost-update" and "firestore" in text.lower():
        found = _FS_TX
    else:
        found = _PUBLISHED.get(rule)
    return (Citation(url=found[0], checked=_DAY, says=found[1]),) if found else ()
