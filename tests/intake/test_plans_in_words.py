"""What is taken for a plan in the words of a request."""

from blueproof.intake.plans import divided

_ABOUT = """
With limit 43000 it uses the index: Nested Loop (rows=227007) (actual rows=40789), 224.675 ms. With
limit 50000 it is Hash Semi Join (rows=263962) (actual rows=47935) over Seq Scan on activities, and
slow: 3050.660 ms (cost=1.00..2.00 rows=3 width=4)
Hash Cond: (activities.recipient_id = recipients.id)
Why does it not use the index?
"""
_PLAN = """Seq Scan on orders  (cost=0.00..1.00 rows=1 width=4) (actual rows=3 loops=1)
  Filter: (status = 'open'::text)
"""


def test_words_about_a_plan_stay_words() -> None:
    assert divided(_ABOUT) == (_ABOUT, "")


def test_a_plan_among_words_is_cut_out() -> None:
    words, plan = divided(f"Why is this slow?\n{_PLAN}It was fast last week.")
    assert words == "Why is this slow?\nIt was fast last week."
    assert plan.splitlines() == _PLAN.splitlines()
