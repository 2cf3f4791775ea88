"""What a comment complains of is heard, with its words; what runs in a loop too."""

import pytest

from blueproof.sql.remarks import read_remark, told_in


@pytest.mark.parametrize(
    ("comment", "complaint", "looped", "times"),
    [
        ("Q1: login lookup (12k calls/min, 0.3 ms)", "", "", None),
        ("Q2: expire orders, cron (4-9 s, blocks checkout)", "4-9 s, blocks checkout", "", None),
        ("inbox, 2.4 s p95", "2.4 s p95", "", None),
        ("page 4000 (6 s)", "6 s", "", None),
        ("dashboard, slow since Monday", "slow since Monday", "", None),
        ("runs every 5 minutes, takes 12 s", "takes 12 s", "", None),
        ("clicks of the last 24 h", "", "", None),
        ("this one is fine, 200 ms", "", "", None),
        ("called 300 times per page (N+1)", "", "loop", 300),
        ("once for each of the 50 orders on the page", "", "loop", 50),
        ("run by the API in a loop", "", "loop", None),
        ("called 500 times per minute", "", "", None),
    ],
)
def test_a_remark_is_read(comment: str, complaint: str, looped: str, times: int | None) -> None:
    found = read_remark(comment)
    assert (found.complaint, found.loop, found.times) == (complaint, bool(looped), times)


def test_a_request_complains_of_the_query_that_it_names() -> None:
    words = "The inbox p95 went from 90ms to 2.4 s. Exports are fine."
    assert told_in(words, "1: inbox", frozenset()) == "The inbox p95 went from 90ms to 2.4 s"
    assert told_in(words, "2: exports", frozenset()) == ""
    assert told_in("tickets took 4 s", "tickets", frozenset({"tickets"})) == ""
