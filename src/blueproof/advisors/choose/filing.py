"""The files that the words tell of, as a sum: how many, how large after a year, at what cost."""

import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.stages import Stages
from blueproof.core.advice import Step
from blueproof.core.brief import Assumption
from blueproof.core.money import Bill
from blueproof.decide.files_told import Files, megabytes
from blueproof.decide.reading import told_files
from blueproof.decide.workload import workload
from blueproof.facts.load import fact

_STORED, _SENT = ("files", "file storage"), ("data sent", "file egress")
_MB_A_GB, _GB_A_TB = 1024, 1024
_A_YEAR = 12  # months
_HALF = Decimal("0.5")  # US dollars that round to none
_MATTERS = 0.15  # share of the bill from which files are worth a step
_SHRUNK_MB = 0.3  # MB of a photo of some 1,600 pixels
_LARGE_MB = 1.5  # of a photo as the camera takes it, not shrunk


def sentence(choice: Choice) -> str:
    """How many files there are, how much that is after a year, and what they cost."""
    files = told_files(choice.brief)
    if not files or choice.pick.ruled_out:
        return ""
    usage = workload(choice.needs, choice.decision.users).usage
    sums = "; ".join(_sum(f) for f in files)
    sent = f", {volume(float(usage.download_gb))} fetched a month" if usage.download_gb else ""
    kept = _after(choice)
    return (
        f"Your files: {sums}. That is {volume(float(usage.files_gb))} kept after {kept}{sent}: "
        f"{_cost(choice.pick.bill)}."
    )


def _after(choice: Choice) -> str:
    """After how long so much is kept: the months of the bill, or fewer where it goes earlier."""
    figures = workload(choice.needs, choice.decision.users).figures
    months = round(next(f.value for f in figures if f.id == "kept"))
    return {1: "the first month", _A_YEAR: "a year"}.get(months, f"{months} months")


def monthly_gb(choice: Choice, users: float) -> float:
    """The GB of files that so many people add in a month."""
    grown = users / choice.needs.people if choice.needs.people else 1.0
    return choice.needs.uploads_mb / _MB_A_GB * grown


def _sum(files: Files) -> str:
    """One kind of file as a sum.

    >>> _sum(Files(kind="photo", month=3, mb=1.0, views=1, working="3 x 1 a month", quote="3"))
    '3 photos a month (3 x 1 a month), 1 MB each'
    """
    spoken = "voice messages" if "voice" in files.quote.lower() else "recordings"
    plural = {"voice": spoken}.get(files.kind, f"{files.kind}s")
    guessed = any(note.startswith(f"{megabytes(files.mb)} a") for note in files.notes)
    size = f"{megabytes(files.mb)} each{', assumed' if guessed else ''}"
    return f"{files.month:,.0f} {plural} a month ({files.working}), {size}"


def _cost(bill: Bill) -> str:
    stored, sent = (_of(bill, names) for names in (_STORED, _SENT))
    if not stored + sent:
        return "within what the plan includes"
    parts = [
        f"${part:,.0f} {what}"
        for part, what in ((stored, "to keep them"), (sent, "to send them"))
        if part >= _HALF
    ]
    if not parts:
        return f"less than $1 of the ${bill.total:,.0f}"
    return f"{' and '.join(parts)} of the ${bill.total:,.0f}"


def _of(bill: Bill, names: tuple[str, ...]) -> Decimal:
    return sum(
        (x.amount for x in bill.lines if any(f": {name}" in x.item for name in names)), Decimal(0)
    )


def volume(gb: float) -> str:
    """A volume as people say it.

    >>> volume(0.5), volume(230.4), volume(2436)
    ('0.5 GB', '230 GB', '2.4 TB')
    """
    if gb >= _GB_A_TB:
        return f"{gb / _GB_A_TB:,.1f} TB"
    return f"{gb:,.0f} GB" if gb >= 1 else f"{gb:.2g} GB"


def steps(choice: Choice) -> Iterator[Step]:
    """What keeps the files' part of the bill small."""
    files = told_files(choice.brief)
    shown = Stages(choice)
    bill = shown.picked(shown.all[-1]) if shown.growth else choice.pick.bill
    share = float(_of(bill, _STORED) + _of(bill, _SENT)) / max(float(bill.total), 1.0)
    if files and not choice.pick.ruled_out and share >= _MATTERS:
        yield Step(
            do=f"Before the first upload: {'; '.join(_savings(choice, files))}",
            horizon="next",
            check="the mean size in the bucket after a week is what the bill takes",
            undo="the rule on the bucket is removed; what it deleted is gone",
        )


def _savings(choice: Choice, files: tuple[Files, ...]) -> Iterator[str]:
    added = monthly_gb(choice, choice.decision.users)
    for kind in ("photo", "video"):
        found = next((f for f in files if f.kind == kind), None)
        if found and kind == "photo" and found.mb >= _LARGE_MB:
            yield (
                f"shrink each photo on the phone to some 0.3 MB, from {megabytes(found.mb)}: a "
                f"{found.mb / _SHRUNK_MB:.0f}th of the storage and of what is sent"
            )
        elif found and kind == "photo":
            size = megabytes(found.mb)
            yield f"shrink each photo on the phone to {size} (some 1,600 pixels wide)"
        elif found:
            yield "let a service transcode and stream the videos, or send 720p from the phone"
    if _of(choice.pick.bill, _SENT) > _of(choice.pick.bill, _STORED):
        yield "show lists by thumbnails, and let a CDN or a store without egress fees serve files"
    if choice.needs.kept_months:
        return
    yield (
        f"decide how long files are kept: each month adds {volume(added)}, "
        "for good unless a rule deletes or archives them"
    )


def assumptions(choice: Choice) -> Iterator[Assumption]:
    """What was assumed of the files told."""
    for files in told_files(choice.brief):
        for note in files.notes:
            what, _, why = note.partition(": ")
            yield Assumption(key=f'files ("{files.quote}")', value=what, why=why or "not said")


_EGRESS = re.compile(r"\b(?:egress|bandwidth|data transfer|downloads?)\b", re.IGNORECASE)
_PRICES = {
    "supabase": ("supabase.egress-per-gb", "Supabase"),
    "firebase": ("firebase.file-egress-per-gb", "Firebase"),
    "convex": ("convex.pro.egress-per-gb", "Convex"),
}


def served(choice: Choice, told: float) -> str:
    """What a bill that is mostly data sent buys, and what the same costs elsewhere."""
    used = next((f for f in choice.needs.current if f in _PRICES), "")
    if not used or not _EGRESS.search(choice.brief.request):
        return ""
    price, here = float(fact(_PRICES[used][0]).value), _PRICES[used][1]
    gb = told / price
    others = [
        f"{shown} ${gb * float(fact(name).value):,.0f}"
        for family, (name, shown) in _PRICES.items()
        if family != used
    ]
    return (
        f"were it all data sent, it is {volume(gb)} at ${price:.2f} a GB; the same costs on "
        f"{' and on '.join(others)}. So a move is no cure: serve the files through a CDN or from a "
        f"store without egress fees, smaller, and leave rows and sign-in on {here}."
    )
