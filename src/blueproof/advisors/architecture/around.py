"""What stands around it: files, sign-in, search, the network, secrets, logs and alarms."""

from decimal import Decimal

from blueproof.advisors.architecture.compute import is_lambda, out_gb
from blueproof.advisors.architecture.database import is_keyed
from blueproof.advisors.architecture.load import SECONDS, Load
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Part, Watch, exact
from blueproof.advisors.architecture.sizing import TINY_PEAK, zones_of
from blueproof.costs.tiers import ONE, Charge, Tier

_DOWNLOADS = 3.0  # of each file
_SITE_MB = 1.0  # that a visit of the site takes
_VISITS = 4.0  # a month, of one user
_LOG_BYTES = 500.0  # of one request's line
_LOGGED_MOST = 100.0  # GB a month from which lines are sampled
_SAMPLE = 0.1
_CALLS_OUT_GB = 10.0
_ALARMS, _SECRETS = 10, 2
_SEARCH_ROWS = 5_000_000.0  # documents up to which PostgreSQL's own search is trusted
_GB = 1_000_000_000.0


def files(load: Load, needs: Needs) -> Part | None:
    """Files of people, and the site, behind a CDN."""
    if not needs.files and not needs.site:
        return None
    month = load.files * load.file_mb / 1000
    kept = month * load.kept
    out = month * _DOWNLOADS + (load.users * _VISITS * _SITE_MB / 1000 if needs.site else 0)
    out = max(out, load.sent_gb)
    reads = load.files * _DOWNLOADS + (load.users * _VISITS * 20 if needs.site else 0)
    says = (
        f"{load.files:,.0f} uploads a month of {load.file_mb:g} MB are {month:,.0f} GB a month, "
        f"{kept:,.0f} GB after {load.kept:g} months"
    )
    if not load.files:
        says = _untold(load, needs, out)
    upload = ", uploads by presigned address" if needs.files else ""
    return Part(
        slot="files",
        choice=f"S3 behind CloudFront{upload}",
        short="S3 with CloudFront",
        kind="store",
        because=(
            says,
            *(
                ("no file passes through your code: the app uploads straight to the bucket",)
                if needs.files
                else ()
            ),
        ),
        flip="Cloudflare R2 where downloads outgrow storage: it bills no data out",
        charges=_file_charges(load, kept=kept, out=out, reads=reads),
        facts=("aws.s3-gb-month", "cloudfront.gb"),
        lines=(f"{month:,.0f} GB a month",) if load.files else (),
        watches=(
            Watch(
                metric="CloudFront BytesDownloaded",
                threshold="twice the usual day",
                then="a file that goes round, or a crawler: look at the top objects",
            ),
        ),
    )


def _file_charges(load: Load, *, kept: float, out: float, reads: float) -> tuple[Charge, ...]:
    return (
        Charge(name="S3: storage", quantity=exact(kept), unit="GB-months", price="aws.s3-gb-month"),
        Charge(
            name="S3: uploads",
            quantity=exact(load.files),
            unit="uploads",
            price="aws.s3-uploads-per-thousand",
            per=Decimal(1000),
            billed="thousand uploads",
        ),
        Charge(
            name="CloudFront: data out",
            quantity=exact(out),
            unit="GB",
            free="cloudfront.free-gb",
            price=_CLOUDFRONT,
        ),
        Charge(
            name="CloudFront: requests",
            quantity=exact(reads),
            unit="requests",
            price="cloudfront.ten-thousand-requests",
            free="cloudfront.free-requests",
            per=Decimal(10_000),
            billed="ten thousand requests",
        ),
    )


def _untold(load: Load, needs: Needs, out: float) -> str:
    """What is said of files where their number is not told."""
    if load.sent_gb:
        return f"{load.sent_gb:,.0f} GB a month go out to people, from the edge"
    if needs.files:
        return (
            "how many files come was not told: their storage is not in the bill; a GB costs 2.3 "
            "cents a month"
        )
    if load.users:
        return f"{out:,.0f} GB a month of pages and scripts for {load.users:,.0f} people"
    return (
        "pages and scripts come from the edge, not from your tasks; visits are not told, 1,000 GB "
        "a month are free"
    )


_CLOUDFRONT = (
    Tier(price="cloudfront.gb"),
    Tier(price="cloudfront.gb-10tb", start=Decimal(10_240)),
    Tier(price="cloudfront.gb-50tb", start=Decimal(51_200)),
    Tier(price="cloudfront.gb-150tb", start=Decimal(153_600)),
)


def login(load: Load, needs: Needs) -> Part | None:
    """Sign-in, where it is asked for."""
    if not needs.login:
        return None
    return Part(
        slot="sign-in",
        choice="Cognito user pool",
        short="Cognito",
        kind="service",
        because=(
            f"{load.users:,.0f} people a month, the first 10,000 free; the balancer or the API "
            "checks the token before your code runs",
        ),
        flip="Auth0, WorkOS or Clerk where customers bring their own SSO each",
        charges=(
            Charge(
                name="Cognito: people",
                quantity=exact(load.users),
                unit="monthly users",
                price="aws.cognito-essentials-user",
                free="aws.cognito-free-users",
            ),
        ),
        facts=("aws.cognito-essentials-user", "aws.cognito-free-users"),
    )


def search(load: Load, needs: Needs) -> Part | None:
    """Search: a server of its own only for many documents."""
    if not needs.search:
        return None
    if load.rows <= _SEARCH_ROWS and not is_keyed(load, needs):
        return Part(
            slot="search",
            choice=f"the full-text search of {needs.engine} itself",
            short="search in the database",
            kind="store",
            because=(
                f"below some {_SEARCH_ROWS / 1e6:,.0f}M documents an index in the database "
                "answers, and no copy can be out of step",
            ),
            flip=f"OpenSearch from some {_SEARCH_ROWS / 1e6:,.0f}M documents, or for facets "
            "and typing errors that sell",
            facts=("postgres.search-month",),
        )
    return Part(
        slot="search",
        choice="OpenSearch, 2 m7g.large.search",
        short="OpenSearch",
        kind="store",
        because=(f"{load.rows / 1e6:,.0f}M documents ",),
        flip="the database's own search below 5M documents",
        charges=(
            Charge(
                name="OpenSearch: m7g.large",
                quantity=exact(2 * HOURS),
                unit="hours",
                price="opensearch.m7g-large-hour",
            ),
            Charge(
                name="OpenSearch: disks",
                quantity=exact(200),
                unit="GB-months",
                price="opensearch.gp2-gb-month",
            ),
        ),
        facts=("opensearch.m7g-large-hour",),
        watches=(
            Watch(
                metric="OpenSearch JVMMemoryPressure",
                threshold="over 80 %",
                then="fewer shards or larger nodes",
            ),
        ),
    )


def network(load: Load, needs: Needs) -> Part | None:
    """The way out of the private network, and what leaves it."""
    egress = Charge(
        name="Data out",
        quantity=exact(out_gb(load)),
        unit="GB",
        price="aws.egress-per-gb",
        free="aws.egress-free-gb",
    )
    if is_lambda(needs, load) and (is_keyed(load, needs) or not needs.calls_out):
        return None if is_keyed(load, needs) else _closed(egress)
    if load.peak < TINY_PEAK and not needs.survives and not needs.strict:
        return _plain(load, egress)
    zones = zones_of(needs, load) if needs.survives else 1
    return Part(
        slot="network",
        choice=f"private subnets, {zones} NAT gateway{'s' if zones > 1 else ''}, a "
        "gateway endpoint for S3",
        short=f"{zones} NAT gateway{'s' if zones > 1 else ''}",
        kind="service",
        because=(
            "tasks and database have no public address"
            + (
                "; a gateway in each zone, so that losing one cuts no other off"
                if zones > 1
                else ""
            ),
            f"{out_gb(load):,.0f} GB a month leave in answers",
        ),
        flip="interface endpoints instead of NAT where nothing but AWS is called: from some 5 "
        "endpoints they cost more",
        charges=(*_gateways(zones), egress),
        facts=("aws.nat-hour", "aws.egress-per-gb"),
        lines=(f"{zones} zones" if zones > 1 else "one zone",),
        watches=(
            Watch(
                metric="NAT BytesOutToDestination",
                threshold="twice the usual day",
                then="pulls of images or S3 that miss the endpoint",
            ),
        ),
        gives_up=""
        if zones > 1 or not needs.calls_out
        else "while its zone is down, tasks cannot call "
        "others: a second gateway costs as much again",
    )


def _gateways(zones: int) -> tuple[Charge, ...]:
    return (
        Charge(
            name="NAT: gateways",
            quantity=exact(zones * HOURS),
            unit="hours",
            price="aws.nat-hour",
        ),
        Charge(name="NAT: traffic", quantity=exact(_CALLS_OUT_GB), unit="GB", price="aws.nat-gb"),
        Charge(
            name="NAT: public addresses",
            quantity=exact(zones * HOURS),
            unit="hours",
            price="aws.public-ipv4-hour",
        ),
    )


def _closed(egress: Charge) -> Part:
    return Part(
        slot="network",
        choice="private subnets for functions and database, no NAT gateway",
        short="no NAT gateway",
        kind="service",
        because=(
            "nothing calls other companies, so nothing needs a way out; a NAT gateway alone is "
            "$37 a month",
        ),
        flip="a NAT gateway with the first call to another company",
        charges=(egress,),
        facts=("aws.nat-hour",),
    )


def _plain(load: Load, egress: Charge) -> Part:
    return Part(
        slot="network",
        choice="public subnets with closed security groups, no NAT gateway",
        short="no NAT gateway",
        kind="service",
        because=(
            f"at {load.peak:,.1f} requests a second a NAT gateway would cost more than what it "
            "serves; nothing but the way in is reachable",
        ),
        flip="private subnets with a NAT gateway when an auditor or a partner's allow-list asks",
        charges=(egress,),
        facts=("aws.nat-hour",),
    )


def operation(load: Load) -> Part:
    """Secrets, logs and alarms."""
    written = load.mean * SECONDS * _LOG_BYTES / _GB
    sampled = written > _LOGGED_MOST
    kept = written * _SAMPLE if sampled else written
    why = f"{written:,.0f} GB of log lines a month at {_LOG_BYTES:,.0f} bytes a request"
    if sampled:
        why += f"; one in ten lines of requests that went well is enough: {kept:,.0f} GB"
    return Part(
        slot="operation",
        choice="CloudWatch logs and alarms, Secrets Manager, a budget alarm",
        short="CloudWatch",
        kind="service",
        because=(
            why,
            f"{_ALARMS} alarms, {_SECRETS} secrets; secrets reach the tasks by their role",
        ),
        flip="another log store from some 200 GB a month: CloudWatch bills each GB as it comes in",
        charges=(
            Charge(
                name="Logs: taken in", quantity=exact(kept), unit="GB", price="aws.logs-ingested-gb"
            ),
            Charge(
                name="Alarms", quantity=Decimal(_ALARMS), unit="months", price="aws.alarm-month"
            ),
            Charge(
                name="Secrets", quantity=Decimal(_SECRETS), unit="months", price="aws.secret-month"
            ),
            Charge(
                name="DNS: hosted zone", quantity=ONE, unit="months", price="aws.route53-zone-month"
            ),
        ),
        facts=("aws.logs-ingested-gb", "aws.secret-month"),
        watches=(
            Watch(
                metric="AWS Budgets, forecast",
                threshold="over the month's budget",
                then="Cost Explorer by usage type: what grew",
            ),
        ),
    )
