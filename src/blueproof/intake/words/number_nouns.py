"""The nouns and units that figures count: for each its kind, its metric and how it is written."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

NounKind = Literal["load", "size", "instance", "error", "data", "time", "share", "money", "factor"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Noun:
    """What a figure counts: its normal form, its kind, its metric, and the time it is said per."""

    name: str
    kind: NounKind
    metric: str
    per: str = ""


# kind | metric: names, each with its other spellings after "=". Plurals are found by rule.
_COUNTED = """
load users: user=usr,uzer subscriber member customer player viewer visitor student driver rider
load users: patient
load users: parent teacher doctor nurse pupil resident citizen volunteer passenger donor coach
load users: inspector staff owner walker sitter tutor trainer carer caregiver courier dealer agent
load users: manager moderator learner musician parishioner technician
load users: athlete fan gamer runner family household farmer creator tourist therapist dentist
load users: account follower listener guest buyer seller shopper participant attendee reader
load users: tester
load users: MAU=maus DAU=daus CCU=ccus,pcu person=people,persons,ppl
load requests: request=req,reqs,requst,requet hit query=querys call invocation
load requests: execution pageview=pv,pvs visit view search lookup operation=op,ops session
load messages: message=msg,msgs,mesage,mssg,massage notification push email=mail sms event chat
load messages: post
load messages: job webhook alert reminder tweet comment conversation publish
load connections: connection=conn,conns,connexion,conection socket=websocket,websockets client
load devices: device=devise sensor scooter vehicle car truck bike robot drone camera meter
load devices: gateway tracker charger charge-point=chargepoint,charging-station inverter
load devices: thermostat boiler turbine wearable locker kiosk
load devices: phone tag beacon terminal
load orders: order transaction=txn,txns,tx,trx payment purchase sale booking checkout trade
load orders: invoice ride trip
load orders: delivery reservation ticket shipment appointment submission registration signup
load orders: donation
load writes: write insert update upsert delete reading point=datapoint,datapoints measurement
load writes: sample ping
load writes: position=gps-fix log=logline span
load reads: read select fetch download
load uploads: upload photo=pic,picture,pics video image=img,imgs
load tokens: token
load iops: iops=iop put get
load tenants: tenant=tenents organization=organisation,org,orgs workspace
size rows: row record=rec,recs,registry entry line document=doc,docs item tuple entity product
size rows: listing
size tables: table column field index=indices,idx partition schema model collection=collections
size tables: migration policy relation trigger
size databases: database=db,dbs datastore keyspace
size files: file object attachment page=pages blob clip recording folder bucket
size tenants: company shop store merchant school
size tenants: hospital restaurant business branch clinic hotel
size developers: developer=dev,devs engineer programmer employee staff colleague
size cpu: vCPU=vcpu,vcpus,vcore core=cores cpu=cpus thread
size gpu: gpu
size cpu: GHz=ghz MHz=mhz
size resources: resource
size replicas: replica=replicas,read-replica standby shard broker az=azs zone region datacenter
size environments: environment=env,envs stage project cluster
size services: service=microservice,svc application=app,apps repository=repo,repos api=apis
size services: module
size services: endpoint route component=components domain subdomain website site
size topics: topic queue channel stream=streams exchange consumer producer
size groups: group room class course category language country city town location warehouse
size groups: building team
size groups: state game level role permission feature key
size capacity: capacity-unit=rcu,wcu,rcus,wcus,acu,acus ru=rus dtu=dtus slot credit seat license
size text: character=char,chars word dimension=dim,dims chunk
load instances: lambda function=func,funcs worker pod dyno
instance instances: instance container=containers process server=servers task
instance instances: node vm=vms machine box droplet host runner
instance instances: ec2=ec2s crawler scraper bot browser
error errors: error=err,errs failure timeout retry=retries exception crash incident deadlock
error errors: restart
error errors: rejection drop miss
load threads: coroutine goroutine
"""

_DATA = (
    "B=byte,bytes KB=kb,kilobyte,kib MB=mb,megabyte,mib,meg,megs GB=gb,gig,gigs,gigabyte,gib,go "
)
_DATA += "TB=tb,terabyte,tib PB=pb,petabyte,pib"
_TIME = """us=µs,usec,microsecond,microseconds
    ms=msec,msecs,millis,millisecond,milliseconds,milisecond second=sec,secs,s,seconds,secound
    minute=min,mins,minutes,minuts hour=hr,hrs,h,hours day=days,d week=wk,wks,weeks,w
    month=mo,mos,months,mth year=yr,yrs,years,y"""
# Units that say their own "per".
_RATES = """
request second requests: rps req/s reqs/s r/s rps's
query second requests: qps
transaction second orders: tps
message second messages: mps
event second events: eps
operation second iops: iops ops/s
request minute requests: rpm
Gbit second traffic: gbps
Mbit second traffic: mbps mbit
kbit second traffic: kbps
"""
TIMES = frozenset("us ms second minute hour day week month year".split())
PERIODS = TIMES - {"us", "ms"}
SHORT = frozenset({"us", "ms", "second"})  # as long as an answer takes
ADVERBS = {
    "daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year",
    "annually": "year", "annual": "year", "nightly": "day", "/s": "second",
}  # fmt: skip
GLUED_ONLY = frozenset("s h d w y b".split())  # units only where they touch the figure or a slash

# Nouns of which a count says nothing about a system.
IDLE = frozenset(
    """option question way thing problem issue approach reason example case choice step part
    solution point idea thought concern scenario possibility aspect detail place side
    direction kind type sort bit lot couple time pass guy friend article tutorial link star
    video-tutorial suggestion answer method phase goal requirement factor plan attempt try
    day-off fold cent look word version variant technique difference alternative candidate
    pattern strategy cloud use-case usecase paragraph sentence topic-area world other those
    these this""".split()
)

# Words at which the phrase that a figure opens comes to its end.
STOP_WORDS = frozenset(
    """is are was were be been am will would can could should shall may might must do does did
    has have had having in on at by with without from to into onto for as than then so if when
    while where which that who whom whose what how why and or but nor not no yet the a an this
    these those it its they we i you he she our their my your his her them us me per each
    every via through across over under above below between during before after within until
    till since because about around per than need needs needed send sends sending sent make
    makes get gets getting got use uses used using run runs running take takes took taking
    come comes going go goes went keep keeps just only also too last next previous past max
    maximum minimum minimal limit limits vs versus plus minus etc left right now today
    currently already there here all both any some more less fewer later ago old long high
    wide connect connects connecting connected open opens opening opened hit hits store stores
    stored want wants expect work works working start starts show shows instead but like even
    still ever always never maybe once twice again""".split()
)


@cache
def nouns() -> dict[str, Noun]:
    """All nouns and units by every spelling in lower case, singular."""
    found: dict[str, Noun] = {}
    for line in _COUNTED.strip().splitlines():
        head, _, names = line.partition(": ")
        kind, metric = head.split()
        for entry in names.split():
            _add(found, entry, kind=_KINDS[kind], metric=metric)
    for entry in _DATA.split():
        _add(found, entry, kind="data", metric="storage")
    for entry in _TIME.split():
        _add(found, entry, kind="time", metric="duration")
    for line in _RATES.strip().splitlines():
        head, _, names = line.partition(": ")
        name, per, metric = head.split()
        for spelling in names.split():
            found[spelling] = Noun(name=name, kind="load", metric=metric, per=per)
    return found


_KINDS: dict[str, NounKind] = {
    "load": "load", "size": "size", "instance": "instance", "error": "error",
}  # fmt: skip


def _add(found: dict[str, Noun], entry: str, *, kind: NounKind, metric: str) -> None:
    name, _, spellings = entry.partition("=")
    noun = Noun(name=name, kind=kind, metric=metric)
    for spelling in (name.lower(), *filter(None, spellings.split(","))):
        found.setdefault(spelling, noun)


@cache
def noun_of(word: str) -> Noun | None:
    """The noun that this word is a spelling of, in the singular or the plural."""
    known = nouns()
    for spelling in (word, *singulars(word)):
        if spelling in known:
            return known[spelling]
    return None


def singulars(word: str) -> tuple[str, ...]:
    """What the word may be the plural of; none if it does not look like one."""
    word = word.removesuffix("'s").removesuffix("\u2019s")
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) <= len("ss"):
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith(("sses", "xes", "shes", "ches")):
        return (word[:-2], word[:-1])
    return (word[:-1],)


def is_plural(word: str) -> bool:
    """Whether the word is the plural of something, as far as its form tells."""
    return bool(singulars(word)) or word in {"people", "ppl", "data", "indices", "children"}
