"""Nouns that are no tables by themselves: attributes, figures, times, and ways of speaking."""

_T = str.split
# Said of a thing, these are a column of it: with the column's name where it is another.
ATTRIBUTES = frozenset(_T(
    "name title description price rate amount number sku barcode isbn vin plate email e-mail "
    "phone colour color size weight height width length volume dose capacity duration currency "
    "language slug url status state priority rarity level mileage balance quantity qty iban "
    "birthday birthdate gender serial code password username handle bio avatar image picture logo "
    "summary body text content caption start end deadline date time stats stat point hour "
    "distance temperature latitude longitude region country city street postcode zip discount "
    "percentage commission fee deposit cost tax total condition reason result expiry score points "
    "rating wage salary hours position factor gold rank experience power health threshold "
    "entitlement share origin destination interval nickname nationality allergy year mass bpm "
    "lyrics transcript minute brand make imei vat"
))  # fmt: skip
# Heads of compound nouns that are columns: "serial number", "expiry date", "conversion factor".
ATTRIBUTE_HEADS = frozenset(_T(
    "name title number code date time price rate amount weight size status state factor text "
    "capacity limit colour color id identifier email phone url level fee cost deposit balance "
    "total count points score password plate duration length width height quantity percentage "
    "rarity year hours"
))  # fmt: skip
# Never a table: time, measure, ways of speaking, and what a request is about as such.
NO_THINGS = frozenset(_T(
    "day week month year hour minute second time date moment morning evening night today tomorrow "
    "weekend half quarter period while times century metre kilometre kilometer mile kg gram "
    "litre liter hectare cent euro dollar percent bit number amount quantity total sum average "
    "maximum minimum limit peak way case reason view detail fact question help need thing stuff "
    "kind sort rest history change end start beginning turn advance meantime place spot sense "
    "data information schema database system app software platform website backend frontend api "
    "saas dashboard search ranking statistics analytics overview access right rule constraint "
    "constraints design architecture idea problem solution example world life people somebody "
    "everybody nobody door entrance web internet postgresql postgres sql mysql supabase firebase "
    "stripe aws excel csv pdf json plenty couple bunch hundred thousand million dozen one other "
    "another each use usage content past future present addition difference difficulty sake "
    "instance thanks thank hi hello work advice best scratch production mvp gear furniture money "
    "cash card in out side hand fly first last top bottom left middle back front everything "
    "anything something nothing increase decrease reduction raise correction speed performance "
    "scale security privacy count march april may june july january february august september "
    "october november december monday tuesday wednesday thursday friday saturday sunday english "
    "german french spanish italian dutch portuguese polish turkish chinese japanese arabic winner "
    "loser leader practice person return pickup cancellation renewal approval sibling farm zero "
    "gap cm mm kg litre below spreadsheet weekday sure meanwhile yourself itself themselves"
))  # fmt: skip
# What has parts that live elsewhere, too: a kit's models, a recipe's ingredients.
# Columns of which a thing may have several, each with something of its own.
COUNTABLE = frozenset(_T(
    "price size rate phone email discount fee language tariff"
))  # fmt: skip
# Somebody in a part: it refers to a person who is in a table already.
ROLES = frozenset(_T(
    "leader captain creator approver winner loser sender recipient assignee supervisor manager "
    "boss reporter moderator organiser organizer"
))  # fmt: skip
# Who belongs to something, by whatever they are called elsewhere.
MEMBERS = frozenset(_T(
    "member participant follower"
))  # fmt: skip
GROUPS = frozenset(_T(
    "team club guild company department family league group class household organisation "
    "organization association account clan band crew school clinic gym firm agency branch office "
    "workspace store shop hotel restaurant course fleet"
))  # fmt: skip
NOBODY = frozenset(_T(
    "order number container folder trailer printer computer letter paper offer voucher tower "
    "counter chapter quarter transfer tier layer meter poster banner filter server router sensor "
    "color colour floor door error vector monitor motor indicator corridor coffee fee degree tree "
    "committee dinner water power cover weather character corner center theater calendar boiler "
    "chamber sticker tracker scooter controller tanker locker"
))  # fmt: skip
SOMEBODY = frozenset(_T(
    "crew guest host family parent child user adult staff account household student patient "
    "tenant client participant applicant agent assistant accountant consultant clerk nurse "
    "musician technician librarian physician politician citizen chef cook pilot judge coach "
    "captain artist friend colleague candidate resident president correspondent cleaner"
))  # fmt: skip
COMPOSITES = frozenset(_T(
    "kit set bundle combo package recipe menu playlist collection assembly album basket hamper "
    "curriculum"
))  # fmt: skip
PLACEHOLDERS = frozenset(_T(
    "spot place"
))  # fmt: skip
# What is done by somebody to something is itself a row: who, what, when.
EVENTS: dict[str, str] = dict(pair.split(":") for pair in _T(
    "rent:rental hire:rental book:booking reserve:reservation borrow:loan lend:loan loan:loan "
    "order:order enrol:enrolment enroll:enrolment subscribe:subscription register:registration "
    "signup:membership review:review rate:rating comment:comment like:like invite:invitation "
    "checkin:checkin attend:attendance apply:application vote:vote donate:donation bid:bid "
    "trade:trade visit:visit react:reaction lease:lease let:lease buy:purchase purchase:purchase "
    "takeout:subscription request:request plant:planting stock:stock payout:payout tag:tag "
    "label:label pay:payment reply:reply"
))  # fmt: skip
BY_ANYBODY = frozenset(_T(
    "order request book rent borrow reserve apply"
))  # fmt: skip
# What makes something else take its place: who buys a ticket needs no purchase beside it.
BECOMES_ITS_OBJECT = frozenset(_T(
    "buy purchase make place takeout pay apply"
))  # fmt: skip
HAVE = frozenset(_T(
    "have contain include comprise list cover offer own hold employ carry get exist"
))  # fmt: skip
PARTS = frozenset(_T(
    "contain include comprise list cover"
))  # fmt: skip
BELONG = frozenset(_T(
    "work lie stand hang belong attach assign link connect relate refer tie stay sit live apply "
    "go"
))  # fmt: skip
SHARE = frozenset(_T(
    "teach join attend follow use support speak present play tag participate share host favourite "
    "favorite star bookmark love serve know"
))  # fmt: skip
# What people leave on things of several kinds, on one each time.
ON_ANYTHING = frozenset(_T(
    "comment like reaction review rating note attachment bookmark favourite favorite report"
))  # fmt: skip
JOINED = GROUPS | frozenset(_T(
    "plan tier package subscription membership newsletter service app"
))  # fmt: skip
MOVES = frozenset(_T("move transfer ship send"))
# What is done when something ends is a record of its own.
CHECKS = dict(pair.split(":") for pair in _T(
    "inspect:inspection approve:approval review:review examine:examination clean:cleaning"
))  # fmt: skip
PUTS = frozenset(_T("save add put group collect sort file pin"))
# Columns of which there may be a table elsewhere: "has a type", but "types of rooms".
SORTS = frozenset(_T("version type kind species breed subject"))
NEED = frozenset(_T("require need want demand"))
LEFT_ON = frozenset(_T(
    "like react rate vote review"
))  # fmt: skip
# Reading, not keeping: what an index is for.
LOOKS = frozenset(_T(
    "show load search see view display find fetch query filter sort browse look count report need "
    "want read open list monitor know analyse analyze compare track print"
))  # fmt: skip
# What hands over to no row of its own: said of how it is done.
SILENT = frozenset(_T(
    "make help ask tell think mean want need do try say expect know give become remain come "
    "change increase raise expire lapse owe exceed reach differ depend vary keep remember"
))  # fmt: skip
# Columns that have a list of values.
ENUMERATED = frozenset(
    "status state role kind type unit priority level method reason rarity language currency size "
    "colour color mode category stage phase".split()
)
