"""Holes planted in schemas as people paste them are told, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.postgres.parts.owners_rights import closings
from blueproof.advisors.postgres.parts.policy_file import closing_file
from blueproof.advisors.postgres.parts.row_security import policy_findings
from blueproof.consult import consult
from blueproof.core.claim import AccessRefused
from blueproof.engines.postgres.policies import Grounds, Target
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.intake.pasted import pasted_tables
from blueproof.intake.words.read import read_request
from blueproof.sql.access.groups import Access
from blueproof.sql.schema import Schema

CASES: list[dict[str, Any]] = yaml_file.load(Path(__file__).with_name("planted.yaml").read_text())
BY_NAME = {case["name"]: case["request"] for case in CASES}
_OF_COLUMNS = ("raised-right", "claimed-right")


def ddl_of(name: str) -> str:
    pasted = pasted_tables(read_request(BY_NAME[name]).request)
    assert pasted is not None
    return pasted.ddl


def schema_of(server: Server, ddl: str) -> Schema:
    with Twin(server, ddl) as twin:
        return twin.schema


def tried(grounds: Grounds, ddl: str, claim: AccessRefused, after: str = "") -> str:
    """What an attack came to, in a word; "" where it was refused."""
    target = Target(table=claim.table, setting=claim.setting, column=claim.column,
                    after=(after,) if after else ())  # fmt: skip
    made = grounds.attack(ddl, target, claim.attack)
    of = f" {claim.column}" if claim.attack in _OF_COLUMNS else ""
    if "42P17" in made.said:
        return f"{claim.table}: 42P17"
    if made.attackers_rows:
        return f"{claim.table}: {claim.attack}{of}"
    return "" if made.decided else f"{claim.table}: {claim.attack} could not be tried"


def told(server: Server, ddl: str) -> set[str]:
    findings = list(policy_findings(schema_of(server, ddl)))
    found = {f"{f.where}: {f.severity}" for f in findings if f.severity != "note"}
    grounds = Grounds(server)
    try:
        for claim in (c for f in findings for c in f.claims):
            assert isinstance(claim, AccessRefused)
            found.add(tried(grounds, ddl, claim))
    finally:
        grounds.close()
    return found - {""}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_planted_holes_are_told(server: Server, case: dict[str, Any]) -> None:
    assert told(server, ddl_of(case["name"])) == set(case["open"])


@pytest.mark.parametrize(
    "name",
    ["view-and-profile-role", "shop-definer-and-matview", "plain-postgres-tenants",
     "invites-tokens", "definer-functions"],
)  # fmt: skip
def test_our_file_closes_views_and_functions(server: Server, name: str) -> None:
    ddl = ddl_of(name)
    closed = tuple(closings(Access(schema_of(server, ddl))))
    change = closing_file(closed, name).change.text
    grounds = Grounds(server)
    claims = [claim for each in closed for claim in each.claims]
    try:
        assert claims
        assert [tried(grounds, ddl, claim, change) for claim in claims] == [""] * len(claims)
    finally:
        grounds.close()


def test_a_change_that_closes_nothing_is_found_out(server: Server) -> None:
    ddl = ddl_of("definer-functions")
    closed = tuple(closings(Access(schema_of(server, ddl))))
    grounds = Grounds(server)
    try:
        harmless = "REVOKE EXECUTE ON FUNCTION my_balance() FROM PUBLIC, anon;"
        left = {tried(grounds, ddl, claim, harmless) for each in closed for claim in each.claims}
    finally:
        grounds.close()
    assert {x.partition("(")[0] for x in left} >= {"transfer", "delete_account"}
    assert "balances: owner-view" in left


def test_what_nobody_may_do_is_the_answer_to_why_nothing_happens() -> None:
    found = consult(read_request(BY_NAME["no-delete"]))
    assert found.answer.startswith("todos has no policy for DELETE")
    assert "lists" not in found.answer.partition("What can wait")[0]


def test_what_is_open_stands_before_any_index() -> None:
    found = consult(read_request(BY_NAME["view-and-profile-role"]))
    assert found.answer.index("project_overview") < found.answer.index("index")
    paths = {a.path for a in found.artifacts}
    assert {"migrations/owners_rights.sql", "migrations/row_security.sql"} <= paths


VIEW = (
    "create table kilns (id uuid primary key, owner uuid not null default auth.uid(), heat int); "
    "alter table kilns enable row level security; "
    "create policy r on kilns for select using (owner = auth.uid()); "
)
HELD = "alter view v set (security_invoker = on); "


@pytest.mark.parametrize(
    ("more", "open_"),
    [
        ("create view v as select * from kilns; ", True),
        ("create view v with (security_invoker = true) as select * from kilns; ", False),
        ("create view v with (security_invoker) as select heat from kilns; ", False),
        ("create view v with (security_invoker = off) as select heat from kilns; ", True),
        ("create view v as select sum(heat) from kilns; ", True),
        ("create view v as select * from kilns where owner = auth.uid(); ", False),
        ("create view w as select * from kilns; create view v with (security_invoker = on) as "
         "select * from w; ", True),
        ("create view v as select heat from kilns; revoke all on v from anon, authenticated; ",
         False),
        ("create view v as select email from auth.users; ", True),
        ("create view v as select email from auth.users where id = auth.uid(); ", False),
    ],
    ids=["plain", "invoker", "invoker without a value", "invoker off", "a sum", "asks itself",
         "invoker over another", "revoked", "accounts", "own account"],
)  # fmt: skip
def test_views_are_judged_by_what_they_show(server: Server, more: str, *, open_: bool) -> None:
    assert ("v: owner-view" in told(server, VIEW + more)) == open_


CALL = "security definer set search_path = '' as $$ {} $$; "


@pytest.mark.parametrize(
    ("more", "open_"),
    [
        ("create function f(i uuid) returns int language sql "
         + CALL.format("select heat from public.kilns where id = i"), True),
        ("create function f(i uuid) returns int language sql "
         + CALL.format("select heat from public.kilns where id = i and owner = auth.uid()"), False),
        ("create function f(i uuid) returns void language sql "
         + CALL.format("delete from public.kilns where id = i"), True),
        ("create function f(i uuid) returns boolean language sql "
         + CALL.format("select exists (select 1 from public.kilns where id = i)"), False),
        ("create function f(i uuid) returns int language sql "
         + CALL.format("select heat from public.kilns where id = i")
         + "revoke execute on function f(uuid) from public, anon, authenticated; ", False),
        ("create function f(i uuid) returns int language sql "
         + CALL.format("select heat from public.kilns where id = i")
         + "revoke execute on function f(uuid) from public; ", True),
        ("create function f() returns trigger language plpgsql "
         + CALL.format("begin delete from public.kilns; return new; end"), False),
        ("create function f(i uuid) returns int language sql security invoker as "
         "$$ select heat from kilns where id = i $$; ", False),
    ],
    ids=["reads", "asks who", "deletes", "says yes or no", "revoked", "revoked from public only",
         "a trigger's", "invoker"],
)  # fmt: skip
def test_functions_are_judged_by_what_they_do(server: Server, more: str, *, open_: bool) -> None:
    found = told(server, VIEW + more)
    assert any(x.startswith("f(") and x.endswith("owner-function") for x in found) == open_
