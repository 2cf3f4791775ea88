"""What the makers say of the things that are looked for in source files."""

from collections.abc import Mapping
from datetime import date

from blueproof.core.evidence import Citation
from blueproof.facts.load import fact

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
_CX_BEST = ("https://docs.convex.dev/understanding/best-practices/",
            "await all promises; an index with a range in place of filter(); collect() only for "
            "few rows; no Date.now() in queries")  # fmt: skip
_CX_ACTIONS = ("https://docs.convex.dev/functions/actions",
               "actions have no ctx.db, may call other services, and are not retried by Convex; "
               "queries and mutations cannot call fetch()")  # fmt: skip
_FB_EVENTS = ("https://firebase.google.com/docs/functions/firestore-events",
              "events are delivered at least once, one may call a function several times; "
              "onDocumentWritten stands for creation, update and deletion; a write that changes "
              "nothing is no event")  # fmt: skip
# Who sends the webhooks, and what is published of how long that sender waits.
SENDERS: Mapping[str, str] = {
    "stripe": "stripe.webhook-days",
    "github": "github.webhook-seconds",
    "shopify": "shopify.webhook-seconds",
}
_FIGURES: Mapping[str, str] = {
    "fs-hot-document": "firestore.document-writes-per-second",
    "fs-listener-in-loop": "firestore.disjunctions",
    "push-over-limit": "firebase.multicast-devices",
    "ddb-scan": "aws.dynamodb-page-mb",
    "cx-collect-all": "convex.documents-scanned",
    "pay-without-key": "stripe.idempotency-key-hours",
}
_PUBLISHED: Mapping[str, tuple[str, str]] = {
    "fs-unbounded-listener": _FS_PRICE, "fs-unbounded-read": _FS_PRICE,
    "fs-read-in-loop": _FS_PRICE, "fs-refetch-on-focus": _FS_PRICE,
    "fs-listener-in-loop": _FS_PRICE, "fs-count-by-reading": _FS_COUNT,
    "push-one-by-one": _EXPO, "no-auth": _KEYS,
    "secret-in-client": _KEYS,
    "cx-filter-scan": _CX_BEST, "cx-unawaited": _CX_BEST, "cx-now-in-query": _CX_BEST,
    "cx-hot-row": ("https://docs.convex.dev/error",
                   "a mutation that keeps meeting changes of what it read fails after its retries"),
    "cx-db-in-action": _CX_ACTIONS, "cx-fetch-in-transaction": _CX_ACTIONS,
    "cx-action-dies": _CX_ACTIONS,
    "fb-writes-itself": _FB_EVENTS, "fb-every-change": _FB_EVENTS, "fb-no-dedupe": _FB_EVENTS,
    "upload-rn-blob": ("https://supabase.com/docs/reference/javascript/v1/storage-from-upload",
                       "for React Native a Blob, File or FormData does not work as intended; "
                       "upload an ArrayBuffer"),
    "queue-hidden-too-short": (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
        "sqs-visibility-timeout.html",
        "a message that is not deleted within its visibility timeout is visible again; the default "
        "is 30 seconds"),
    "fs-no-limit": _FS_PRICE, "fs-effect-feeds-itself": _FS_PRICE,
    "never-sent": ("https://github.com/supabase/postgrest-js/blob/master/src/PostgrestBuilder.ts",
                   "the request is sent by then(), which await calls, and not before"),
}  # fmt: skip


def evidence_of(rule: str, text: str) -> tuple[Citation, ...]:
    """What is published on a thing that was found in a file of that text; none where nothing is."""
    if rule in _FIGURES:
        return (fact(_FIGURES[rule]).citation,)
    sender = next((name for name in SENDERS if name in text.lower()), "")
    if rule == "wh-slow-before-ack" and sender:
        return (fact(SENDERS[sender]).citation,)
    if rule.startswith("wh-") and "stripe" in text.lower():
        found: tuple[str, str] | None = _STRIPE
    elif rule == "lost-update" and "firestore" in text.lower():
        found = _FS_TX
    else:
        found = _PUBLISHED.get(rule)
    return (Citation(url=found[0], checked=_DAY, says=found[1]),) if found else ()
