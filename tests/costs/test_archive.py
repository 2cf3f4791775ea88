"""Files kept for years: what a month costs once the old ones lie in an archive class."""

from decimal import Decimal

import pytest

from blueproof.costs.archive import GCS_ARCHIVE, GLACIER, HOT_MONTHS


def test_glacier_is_what_the_hand_reckons() -> None:
    # 3 x 542.4 GB hot x 0.023 = 37.43; 63,461.8 GB more x 0.0036 = 228.46; 185.143 x 0.03 = 5.55
    month = GLACIER.month(Decimal(65_089), Decimal("542.4"), Decimal(185_143))
    assert float(month) == pytest.approx(37.43 + 228.46 + 5.55, abs=0.02)


def test_the_archive_of_cloud_storage_is_what_the_hand_reckons() -> None:
    # 3 x 100 GB hot x 0.02 = 6; the other 900 GB x 0.0012 = 1.08
    assert float(GCS_ARCHIVE.month(Decimal(1_200), Decimal(100), Decimal(1))) == pytest.approx(7.08)


def test_nothing_is_archived_before_its_months_are_over() -> None:
    hot = GCS_ARCHIVE.month(Decimal(100 * HOT_MONTHS), Decimal(100), Decimal(0))
    assert float(hot) == pytest.approx(100 * HOT_MONTHS * 0.02)
