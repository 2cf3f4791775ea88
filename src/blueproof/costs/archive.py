"""What files cost that are kept for years, once the old ones lie in a class for the archive.

A rule on the bucket moves what is older than three months. Reading it back costs extra, or takes
hours, so it is for files that are kept because they must be.
"""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.facts.load import fact

HOT_MONTHS = 3  # a file's months in the ordinary class
LEAST_MB = Decimal("0.125")  # below it the archive's own entry for a file outweighs what it saves
_THOUSAND = Decimal(1000)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A class for old files: its name, prices by their facts, and what it takes to read them.

    `moved` is the fact of what 1,000 files cost to move; "" where no source of ours tells it,
    and `read` that of a GB read back at once.
    """

    name: str
    hot: str
    cold: str
    reads: str
    moved: str = ""
    read: str = ""

    def month(self, files_gb: Decimal, added_gb: Decimal, uploads: Decimal) -> Decimal:
        """US dollars of a month in which so much is kept and so much was added, evenly."""
        hot = min(files_gb, added_gb * HOT_MONTHS)
        stored = hot * fact(self.hot).value + (files_gb - hot) * fact(self.cold).value
        moves = uploads / _THOUSAND * fact(self.moved).value if self.moved else Decimal(0)
        return stored + moves


GLACIER = Archive(
    name="S3 Glacier Flexible Retrieval",
    hot="aws.s3-gb-month",
    cold="aws.s3-glacier-gb-month",
    reads="fetched in minutes to hours",
    moved="aws.s3-glacier-move-per-thousand",
)
GCS_ARCHIVE = Archive(
    name="Cloud Storage's Archive class",
    hot="firebase.file-gb-month",
    cold="firebase.archive-gb-month",
    reads="read at once, billed for a year at least, and by the GB read",
    read="firebase.archive-read-per-gb",
)
