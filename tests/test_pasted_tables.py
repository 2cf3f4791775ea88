"""Tables and policies in the words of a request are answered as a database is."""

import pytest

from blueproof.consult import consult
from blueproof.intake.words.read import read_request

HEAD = (
    "create table pots (id uuid primary key, owner uuid not null default auth.uid(), clay text); "
)
GUARD = "alter table pots enable row level security; "
OPEN = "create policy w on pots for insert with check (true); "
OWN = "create policy r on pots for select using (owner = auth.uid()); "
ROLES = (
    "create table kilns (id uuid primary key, name text not null); create table kiln_members ("
    "kiln_id uuid references kilns(id), user_id uuid references auth.users(id), "
    "role text not null default 'potter', primary key (kiln_id, user_id)); "
    "alter table kilns enable row level security; "
    "alter table kiln_members enable row level security; "
    "create policy r on kiln_members for select using (user_id = auth.uid()); "
)
JOIN = "create policy j on kiln_members for insert with check (user_id = auth.uid()); "


def test_pasted_policies_are_attacked_and_mended() -> None:
    found = consult(read_request(f"supabase rls, is anything open? {HEAD}{GUARD}{OWN}{OPEN}"))
    assert "insert a row of pots in another's name" in found.answer
    assert found.answer.startswith("Open: ")
    assert found.steps[0].do.endswith("migrations/row_security.sql")
    (file,) = [a for a in found.artifacts if a.path == "migrations/row_security.sql"]
    assert "WITH CHECK (owner = (SELECT auth.uid()))" in file.text


@pytest.mark.parametrize(
    ("policy", "answer"),
    [(JOIN, "Yes, anybody can make themselves master: "), ("", "")],
    ids=["open", "nothing to try"],
)
def test_who_can_make_whom_what_is_answered(policy: str, answer: str) -> None:
    words = f"can anybody make himself master?? supabase: {ROLES}{policy}"
    found = consult(read_request(words))
    assert found.answer.startswith(answer)
    assert ("Yes" in found.answer) == bool(policy)
    if policy:
        assert found.answer.index("themselves") < (found.answer + "index").index("index")


def test_a_slow_query_with_its_tables_is_another_matter() -> None:
    words = f"this is slow: select * from pots where clay = 'x'; {HEAD}{GUARD}{OWN}"
    found = consult(read_request(words))
    assert not [f for f in found.findings if f.rule == "pg-row-security"]
