"""Bills as people paste and export them."""

import json
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.errors import InputError
from blueproof.intake.bill.facts import bill_of
from blueproof.intake.bill.lines import BillLine, amount_of, merged
from blueproof.intake.bill.pasted import read_pasted, without_bill
from blueproof.intake.bill.tables import read_table
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

PASTED = {
    "Our AWS bill: EC2-Other $412.30, CloudWatch $180, S3 $95 and RDS $640. Why?":
        {"EC2-Other": "412.30", "CloudWatch": "180", "S3": "95", "RDS": "640"},
    "Why is CloudWatch second?\nAmazon RDS      $812.40\nAmazonCloudWatch    $611.02\n"
    "EC2 - Other   $402.10\nNAT Gateway  8,900 GB  $1,400.50\nTotal   $3,226.02":
        {"Amazon RDS": "812.40", "AmazonCloudWatch": "611.02", "EC2 - Other": "402.10",
         "NAT Gateway": "1400.50"},
    "We pay $400 for NAT gateways, $200 for CloudWatch logs and $90 for S3. Which first?":
        {"NAT gateways": "400", "CloudWatch logs": "200", "S3": "90"},
    "Firebase bill: reads $320, writes 40 USD, storage $12, egress $9":
        {"reads": "320", "writes": "40", "storage": "12", "egress": "9"},
    "| Compute | 730 h | 25,00 € |\n| Egress | 120 GB | 10,80 € |\n| PITR | | 100,00 € |":
        {"Compute": "25.00", "Egress": "10.80", "PITR": "100.00"},
    # Sums above their parts are not counted again, whether they are indented or not.
    "October:\nAmazon RDS   $1,612.40\n   db.r6g.2xlarge Multi-AZ   $1,401.60\n"
    "   storage   $137.00\n   backups   $73.80\nCloudWatch   $811.20\n"
    "   PutLogEvents   $743.40\nS3   $96.10\nTotal   $2,519.70":
        {"db.r6g.2xlarge Multi-AZ": "1401.60", "storage": "137.00", "backups": "73.80",
         "CloudWatch, the rest": "67.80", "PutLogEvents": "743.40", "S3": "96.10"},
    "Firestore  $50.00\nreads  $38.50\nwrites  $11.50\nStorage  $7.00":
        {"reads": "38.50", "writes": "11.50", "Storage": "7.00"},
    "A   $10.00\n   of another kind   $80.00\nB   $20.00\nC   $30.00":
        {"A": "10.00", "of another kind": "80.00", "B": "20.00", "C": "30.00"},
    # Without a sign of money: by the total that they come to, or by the heading.
    "AWS September\nEC2 m6i.large x4    280\nRDS db.r6g.large   ~350 (CPU 9%)\nNAT   120.50\n"
    "Total    750.50":
        {"EC2 m6i.large x4": "280", "RDS db.r6g.large": "350", "NAT": "120.50"},
    "Our cloud bill, October (EUR)\nCloud SQL     310\nEgress    95\nLogging    60":
        {"Cloud SQL": "310", "Egress": "95", "Logging": "60"},
    "Rows of our tables (bill us later):\norders     1200000\nusers     40000\nitems    330000": {},
    "Our costs table\norders     120\nusers     40\nitems    330\nTotal    900": {},
    "budget $50 a month for 10k users, a domain for $5": {},
    "Convex or Firebase for a chat app? We can pay $20.": {},
}  # fmt: skip
EXPLORER = (
    '"Service","EC2-Other($)","AmazonCloudWatch($)","Total costs($)"\n'
    '"Service total","10.0","20.0","30.0"\n'
    '"2026-09-01","5.1","10.2","15.3"\n"2026-10-01","4.9","9.8","14.7"\n'
)
TABLES = {
    "explorer": (EXPLORER, {"EC2-Other": "4.9", "AmazonCloudWatch": "9.8"}),
    "cur": (
        "identity/LineItemId,lineItem/UsageType,lineItem/UnblendedCost,product/ProductName\n"
        "1,USE1-NatGateway-Bytes,12.5,Amazon EC2\n2,USE1-NatGateway-Bytes,0.5,Amazon EC2\n"
        "3,USE1-TimedStorage-ByteHrs,3,Amazon S3\n",
        {"Amazon EC2: USE1-NatGateway-Bytes": "13.0", "Amazon S3: USE1-TimedStorage-ByteHrs": "3"},
    ),
    "google": (
        "Service description,SKU description,Usage amount,Usage unit,Cost ($)\n"
        'Cloud Firestore,Cloud Firestore Read Ops,"1,200,000",count,"1,320.50"\n'
        "Cloud Firestore,Cloud Firestore Entity Writes,10,count,0\n",
        {"Cloud Firestore: Cloud Firestore Read Ops": "1320.50"},
    ),
    "focus": (
        "BilledCost;ServiceName;ChargeDescription;BillingCurrency\n"
        "20.00;Vercel;Pro seat;USD\n41.20;Vercel;Fast Data Transfer;USD\n",
        {"Vercel: Pro seat": "20.00", "Vercel: Fast Data Transfer": "41.20"},
    ),
    "invoice": (
        "Item\tUsage\tAmount\nEgress\t120 GB\t$10.80\nCompute\t730\t$25.00\nTotal\t\t$35.80\n",
        {"Egress": "10.80", "Compute": "25.00"},
    ),
}  # fmt: skip


# Bills as they are damaged by copying; each with its lines, and what they say was used.
DAMAGED = {
    "tabs": ("Item\tQty\tCost\nRDS\t744 Hrs\t$100.00\nNAT\t10 GB\t$20.00\nS3\t\t1.50\n"
             "Total\t\t$121.50",
             {"RDS": "100.00", "NAT": "20.00", "S3": "1.50"},
             {"RDS": (744, "Hrs"), "NAT": (10, "GB")}),
    "no sign of money, a total": (
        "Our invoice\nCloud SQL   965.10\nLogging    1,930.00\nNAT   819.00\nTotal  3,714.10",
        {"Cloud SQL": "965.10", "Logging": "1930.00", "NAT": "819.00"}, {}),
    "thousands by points": (
        "Lesevorgänge   1.480.000   1.888,50 €\nSpeicher  1.900 GiB  228,00 €\nSMS   9   1,00 €",
        {"Lesevorgänge": "1888.50", "Speicher": "228.00", "SMS": "1.00"},
        {"Lesevorgänge": (1480000, ""), "Speicher": (1900, "GiB")}),
    "the sign before, and a word": (
        "Egress: USD 12.50\nCompute: EUR 3.00\nDisk: £4.00",
        {"Egress": "12.50", "Compute": "3.00", "Disk": "4.00"}, {}),
    "credits and taxes": (
        "Compute  $110.00\nCompute credits  -$10.00\nPromotion ($5.00)\nVAT 20%  $19.00\n"
        "Subtotal  $95.00\nInvoice total: $114.00",
        {"Compute": "110.00", "Compute credits": "-10.00", "Promotion": "-5.00",
         "VAT 20%": "19.00"}, {}),
    "what a line holds": (
        "RDS  $640.00\nincl. backups $73.00\nS3 $95.00 (of which requests $12)\nNAT  $412.00\n"
        "EBS gp2 3 TB $300, of which 1.1 TB unattached",
        {"RDS": "640.00", "S3": "95.00", "NAT": "412.00", "EBS gp2": "300"},
        {"EBS gp2": (3, "TB")}),
    "shares behind": (
        "RDS  $640.00 (43%)\nS3  $95.00  6%\nNAT  $412.00/month\n**Total** **$1,147.00**",
        {"RDS": "640.00", "S3": "95.00", "NAT": "412.00"}, {}),
    "headings": (
        "Supabase\n- Compute: $110.00\n- Egress 120 GB: $10.80\n\nVercel:\n- Egress: $40.00",
        {"Supabase: Compute": "110.00", "Supabase: Egress": "10.80", "Vercel: Egress": "40.00"},
        {"Supabase: Egress": (120, "GB")}),
    "prices of one": (
        "Seats 14 x $20   $280.00\nHosts  38 @ $15.00   $570.00\nLogs 2.9 TB   $290.00",
        {"Seats": "280.00", "Hosts": "570.00", "Logs": "290.00"}, {"Logs": (2.9, "TB")}),
    "no bill": ("We pay 20 and not 30.\nUsers   12.50\nOrders   13.75\nRows   3.25", {}, {}),
    "prices in prose": (
        "Supabase $599 Team plan, compute $210 a month, Vercel seats $120/mo, and Clerk is $25",
        {"Supabase Team plan": "599", "compute": "210", "Vercel seats": "120", "Clerk": "25"}, {}),
}  # fmt: skip


def as_told(lines: tuple[BillLine, ...]) -> dict[str, Decimal]:
    return {line.item: line.amount for line in lines}


def decimals(amounts: dict[str, str]) -> dict[str, Decimal]:
    return {item: Decimal(amount) for item, amount in amounts.items()}


@pytest.mark.parametrize(("text", "lines"), PASTED.items(), ids=[t[:30] for t in PASTED])
def test_a_pasted_bill_is_read(text: str, lines: dict[str, str]) -> None:
    assert as_told(read_pasted(text).lines) == decimals(lines)
    told = [f for f in read_request(text).facts if f.key == "bill"]
    assert len(told) == len(lines)


@pytest.mark.parametrize(("text", "lines", "used"), DAMAGED.values(), ids=DAMAGED)
def test_a_bill_survives_copying(
    text: str, lines: dict[str, str], used: dict[str, tuple[float, str]]
) -> None:
    read = read_pasted(text).lines
    assert as_told(read) == decimals(lines)
    told = {line.item: (float(line.quantity), line.unit) for line in read if line.quantity}
    assert {item: told.get(item) for item in used} == used


def test_what_a_bill_names_is_no_wish() -> None:
    rows = "Multi-region HA bucket  $80.60\nHigh availability standby  $90.00\nSMS login  $9.00"
    brief = read_request(f"We are 9 people with 35 req/s. Our bill:\n{rows}\nWhere do we cut?")
    assert {f.key for f in brief.facts} & {"constraint", "feature"} == set()
    assert {f.value for f in brief.facts if f.key == "scale.requests"} == {35.0}
    assert without_bill(brief.request).count("\n") == brief.request.count("\n")
    assert len(without_bill(brief.request)) == len(brief.request)


@pytest.mark.parametrize(
    "piece", ["a - ", "$1 x ", "| ", "1 GB ", "incl ", "- * ", "9,9", "NAT $4 "]
)
def test_a_long_line_is_read_in_no_time(piece: str) -> None:
    started = monotonic()
    read_pasted(f"bill {piece * 20_000}")
    read_pasted("\n".join(f"{piece * 60}$" for _ in range(50)))
    assert monotonic() - started < 5


def test_an_export_of_googles_billing_is_read(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    row = {"service": {"description": "Cloud SQL"}, "sku": {"description": "vCPU"}, "cost": 9.5,
           "usage": {"amount": 730.0, "unit": "hour"}, "currency": "EUR", "labels": []}  # fmt: skip
    file.write_text(json.dumps([row, row | {"cost": 0.5}]))
    bill, used = bill_of(file)
    assert (bill.role, bill.value, bill.unit) == ("Cloud SQL: vCPU", 10.0, "EUR")
    assert (used.key, used.value, used.unit) == ("bill-usage", 1460.0, "hour")


@pytest.mark.parametrize(("text", "lines"), TABLES.values(), ids=TABLES)
def test_an_export_is_read(text: str, lines: dict[str, str]) -> None:
    assert as_told(merged(read_table(text, "bill.csv"))) == decimals(lines)


def test_what_cost_explorer_and_infracost_print_is_read(tmp_path: Path) -> None:
    explorer = tmp_path / "ce.json"
    group = {"Keys": ["USE1-NatGateway-Bytes"],
             "Metrics": {"UnblendedCost": {"Amount": "41.5", "Unit": "USD"}}}  # fmt: skip
    explorer.write_text(json.dumps({"ResultsByTime": [{"Groups": []}, {"Groups": [group]}]}))
    [fact] = bill_of(explorer)
    assert (fact.role, fact.value, fact.unit) == ("USE1-NatGateway-Bytes", 41.5, "USD")
    estimate = tmp_path / "infracost.json"
    part = {"name": "NAT gateway", "monthlyCost": "32.85"}
    resource = {"name": "aws_nat_gateway.this", "costComponents": [part], "subresources": []}
    estimate.write_text(json.dumps({"currency": "USD", "projects": [
        {"breakdown": {"resources": [resource]}}]}))  # fmt: skip
    [fact] = bill_of(estimate)
    assert (fact.role, fact.value) == ("aws_nat_gateway.this: NAT gateway", 32.85)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "one,two\n1,2\n", "no bill in it"),
        ("a.csv", "", "no bill in it"),
        ("a.json", "{", "no JSON"),
        ("a.json", "[1]", "no bill in it"),
        ("a.csv", "Service,Cost\nRDS,0\n", "without a line that costs anything"),
    ],
)
def test_what_is_no_bill_is_told_in_one_line(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InputError, match=says):
        with_paths(read_request("why is it so dear"), (file,))


def test_a_bill_beside_a_request_is_in_the_brief(tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_text(EXPLORER)
    brief = with_paths(read_request("what should we cut"), (file,))
    lines = [f for f in brief.facts if f.key == "bill"]
    assert [f.role for f in lines] == ["AmazonCloudWatch", "EC2-Other"]
    assert {f.source for f in lines} == {"file"}


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_is_read_back_as_it_was_printed(amount: Decimal) -> None:
    assert amount_of(f"${amount:,}") == amount
    assert amount_of(f"({amount})") == -amount
    german = f"{amount:,}".replace(",", "_").replace(".", ",").replace("_", ".")
    assert amount_of(f"{german} €") == amount


@given(st.lists(st.tuples(st.sampled_from("abc"), st.decimals(0, 1000, places=2)), max_size=20))
def test_adding_up_by_name_loses_nothing(rows: list[tuple[str, Decimal]]) -> None:
    lines = merged(BillLine(item=item, amount=amount) for item, amount in rows)
    assert sum(line.amount for line in lines) == sum(amount for _, amount in rows)
    assert len({line.item for line in lines}) == len(lines)


def test_what_a_sum_is_for_stands_behind_it() -> None:
    told = read_pasted(
        "My AWS bill is $1,240/month: EC2 $420 (3x t3.large on demand), RDS $310 db.m5.large "
        "multi-az, NAT gateway $190, CloudWatch $160, ELB $40, data transfer $120. Only 200 users."
    ).lines
    assert sum(line.amount for line in told) == 1240
    assert {line.item.split()[0] for line in told} == {
        "EC2", "RDS", "NAT", "CloudWatch", "ELB", "data",
    }  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "ECS Fargate 14 tasks   ~$505",
        "ECS Fargate 14 tasks   \u2248 $505",
        "ECS Fargate (14 tasks)   ~$505 (1 vCPU each)",
    ],
)
def test_a_rounded_sum_is_a_line_and_stands_as_it_was_written(row: str) -> None:
    request = (
        f"Our bill:\nNatGateway-Bytes 9,800 GB   $470.40\n{row}\nS3 TimedStorage   $96\nCut 30%?"
    )
    lines = [f for f in read_request(request).facts if f.key == "bill"]
    assert sum(float(f.value) for f in lines) == pytest.approx(470.40 + 505 + 96)
    assert all(f.quote in request for f in lines)
