"""What things usually are and hang on: people, resources, bookings, documents and their lines."""

_T = str.split
TENANTS = frozenset(_T(
    "tenant organisation organization org company business clinic practice hospital school academy "
    "gym club studio salon workspace team agency firm account dealer dealership restaurant hotel "
    "university shop store merchant landlord customer client"
))  # fmt: skip
STAFF = frozenset(_T(
    "vet doctor dentist nurse therapist physiotherapist teacher instructor trainer coach tutor "
    "stylist barber mechanic technician consultant lawyer staff employee guide driver provider "
    "practitioner physician lecturer photographer"
))  # fmt: skip
RESOURCES = frozenset(_T(
    "room car vehicle van truck bike boat court desk machine equipment chair seat table venue bay "
    "stand lift workstation hall studio lane pitch field lab classroom apartment house property "
    "unit asset tool camera"
))  # fmt: skip
PEOPLE = frozenset(_T(
    "owner customer client patient student member user guest attendee buyer seller renter tenant "
    "person participant player subscriber learner pupil author contact supplier vendor borrower "
    "reader passenger applicant candidate visitor volunteer driver"
))  # fmt: skip
BOOKINGS = frozenset(_T(
    "appointment booking reservation rental lesson session shift meeting consultation hire visit "
    "stay slot screening"
))  # fmt: skip
DOCUMENTS = frozenset(_T(
    "order invoice quote bill purchase sale receipt contract subscription cart loan payment refund "
    "payout"
))  # fmt: skip
NAMELESS = frozenset(_T(
    "item line payment refund payout comment message note review rating like attachment "
    "membership enrolment enrollment registration movement attendance grade checkin log entry "
    "version revision occurrence signup participation ticket stock inventory step match game "
    "fixture goal standing score result"
))  # fmt: skip
# What happens has no name of its own, only a time.
ACTS = frozenset(_T(
    "trade battle treatment harvest planting scan assignment application vote bid donation request "
    "interview scorecard delivery transfer shipment play claim fine defect offer stop visit "
    "inspection reaction incident ride trip tour reading measurement response answer"
))  # fmt: skip
PRICED = frozenset(_T("product plan service dish sku variant part ticket package"))
GOODS = frozenset(_T("product part article medicine sku dish ingredient material"))
# On what a thing usually hangs: each word of a group is as good as the others, the first that is
# there is taken.
USUAL: dict[str, tuple[str, ...]] = {
    "pet": ("owner|customer|client",),
    "animal": ("owner|customer|client",),
    "pupil": ("parent|guardian",),
    "vote": ("option|candidate|answer|choice",),
    "child": ("parent|guardian",),
    "address": ("customer|user|client|person",),
    "item": ("order|invoice|cart|purchase|quote|sale|list|menu", "product|variant|sku|book|dish"),
    "line": ("invoice|order|quote|purchase|bill", "product|variant|sku|service"),
    "order": (
        "customer|buyer|client|user|supplier", "mechanic|technician",
        "bike|vehicle|car|device|boat",
    ),
    "bike": ("customer|owner|client|branch|location|category",),
    "cart": ("customer|buyer|user",),
    "invoice": (
        "order|booking|rental|job", "customer|client|supplier|tenant|patient|student|member|owner",
    ),
    "quote": ("customer|client",),
    "payment": ("invoice|order|booking|rental|membership|lease|loan|subscription|ticket|member",),
    "refund": ("payment|order",),
    "payout": ("seller|vendor|host",),
    "shipment": ("order",),
    "product": ("seller|vendor|supplier", "category"),
    "listing": ("seller|vendor|host",),
    "variant": ("product",),
    "review": ("product|recipe|listing|book|service", "customer|user|buyer|reader"),
    "comment": ("task|issue|ticket|post|recipe|article|document", "user|author|member"),
    "attachment": ("task|issue|ticket|message|document",),
    "task": ("project|board|list", ),
    "issue": ("project",),
    "milestone": ("project",),
    "sprint": ("project",),
    "project": ("client|customer|team",),
    "entry": ("task|project|issue", "user|employee|member|person"),
    "recipe": ("user|author|member|cook",),
    "step": ("recipe|process|workflow",),
    "ticket": ("type|event|screening", "order|booking|customer|buyer", "attendee", "seat"),
    "fine": ("loan|rental",),
    "credit note": ("invoice",),
    "attendee": ("order|event",),
    "dish": ("menu|restaurant",),
    "like": ("post|recipe|comment|photo", "user|member"),
    "request": ("unit|property|apartment",),
    "type": ("event",),
    "event": ("venue", "organiser|organizer"),
    "seat": ("venue|hall|room",),
    "membership": ("member|customer", "plan|tier"),
    "checkin": ("member",),
    "enrolment": ("student|pupil|learner", "class|course|section"),
    "enrollment": ("student|pupil|learner", "class|course|section"),
    "registration": ("attendee|participant|student|member", "event|course|class"),
    "attendance": ("student|member|pupil", "lesson|class|session"),
    "grade": ("student|pupil", "assignment|course|exam|subject"),
    "assignment": ("course|class",),
    "class": ("subject|course", "teacher|instructor|trainer|coach"),
    "lesson": ("class|course", "subject"),
    "session": ("class|course",),
    "stock": ("product|item|sku|part", "warehouse|location|bin|shop|branch|store"),
    "inventory": ("product|item|sku|part", "warehouse|location|bin"),
    "level": ("product|item|sku|part", "warehouse|location|bin"),
    "movement": ("product|item|sku|part", "warehouse|location|bin"),
    "bin": ("warehouse", ),
    "location": ("warehouse",),
    "loan": ("copy|book", "member|reader|borrower|user"),
    "copy": ("book",),
    "book": ("author",),
    "record": ("patient|pet|animal",),
    "prescription": ("patient|pet|visit",),
    "vehicle": ("customer|branch|location",),
    "car": ("branch|location|category",),
    "damage": ("rental|hire|booking|reservation", "item|unit|car|vehicle|bike|boat|device"),
    "post": ("user|author",),
    "message": ("conversation|thread|channel", "user"),
    "unit": ("property|building",),
    "player": ("team|club",),
    "team": ("club|league",),
    "season": ("league",),
    "match": ("season|league|tournament", "venue|field|pitch|court", "referee"),
    "game": ("season|league|tournament", "venue|field|pitch|court", "referee"),
    "fixture": ("season|league|tournament", "venue|field|pitch|court", "referee"),
    "goal": ("match|game|fixture", "player"),
    "standing": ("season|league|tournament", "team"),
    "lease": ("unit|property|apartment", "tenant|renter"),
}  # fmt: skip
# One row for each pair of what they hang on.
ONE_EACH = frozenset(_T(
    "stock inventory level enrolment enrollment registration attendance grade standing"
))  # fmt: skip


def head(noun: str) -> str:
    """The word that says what it is: "item" of "order item"."""
    return noun.rpartition(" ")[2]


def is_a(noun: str, kinds: frozenset[str]) -> bool:
    """Whether a noun is of a kind, by its last word."""
    return head(noun) in kinds


SUBJECTS = frozenset(_T("pet animal child"))
KNOWN = (
    TENANTS | STAFF | RESOURCES | PEOPLE | BOOKINGS | DOCUMENTS | NAMELESS | PRICED | SUBJECTS
    | frozenset(USUAL)
)  # fmt: skip
# What two of the other come together for: a match is of two teams, a team has many matches.
SIDES = {"match": "team|player|club", "game": "team|player|club", "fixture": "team|player|club"}
# What several things have in common, so that one of them is of many.
SHARED = frozenset(_T("tag label ingredient skill genre allergen amenity permission category"))
KNOWN |= SHARED | frozenset(_T("branch warehouse location venue league"))


def is_series(noun: str) -> bool:
    """Whether it stands for many bookings: "recurring appointment"."""
    return noun.partition(" ")[0] in {"recurring", "repeating", "repeat"}


def is_booking(noun: str) -> bool:
    """Whether it takes something for a time."""
    return is_a(noun, BOOKINGS) and not is_series(noun)
