"""The limits that the vendor documents for rules and for one request.

Read on 2026-11-29 from https://firebase.google.com/docs/firestore/quotas#security_rules and, for
Storage, https://firebase.google.com/docs/storage/security/rules-conditions#enhance_with_firestore.
"""

SOURCE = "https://firebase.google.com/docs/firestore/quotas#security_rules"

SINGLE_LOOK_UPS = 10  # documents looked up for a request on one document, or a query
MULTI_LOOK_UPS = 20  # for a batch or transaction as a whole
STORAGE_LOOK_UPS = 2  # Firestore documents looked up for one Storage request
EXPRESSIONS = 1000  # evaluated for one request
MATCH_DEPTH = 10  # match statements inside one another
PATH_SEGMENTS = 100  # in a set of nested matches
CAPTURES = 20  # wildcards in a set of nested matches
CALL_DEPTH = 20  # function calls inside one another
ARGUMENTS = 7  # of a function
LETS = 10  # in a function
SOURCE_BYTES = 256 * 1024  # of a rules file
