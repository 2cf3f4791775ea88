"""That a policy lets the same rows be read is compared on rows, under one identity and another."""

from dataclasses import replace

import pytest

from blueproof.advisors.postgres.parts.policy_change import as_bound, compared, policies_in
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.comparing import compare
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin

TRIALS = 13
NOTES = """
CREATE TABLE notes (id int PRIMARY KEY, owner {} , body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING ({});
"""
SETTING = NOTES.format("bigint", "owner = current_setting('app.me')::bigint")
SUPABASE = NOTES.format("uuid", "auth.uid() = owner")
CLAIMS = (
    "CREATE SCHEMA auth;\nCREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT "
    "nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'sub', '')::uuid $$;" + SUPABASE
)


@pytest.mark.parametrize(
    ("ddl", "using", "same"),
    [
        (SETTING, "owner = (SELECT current_setting('app.me')::bigint)", True),
        (SUPABASE, "(SELECT auth.uid()) = owner", True),
        (CLAIMS, "(SELECT auth.uid()) = owner", True),
        (SETTING, "owner <= (SELECT current_setting('app.me')::bigint)", False),
        (SUPABASE, "owner = (SELECT auth.uid()) OR owner IS NULL", False),
        (CLAIMS, "(SELECT auth.uid()) IS NOT NULL", False),
    ],
)
def test_a_change_of_the_condition_shows(
    server: Server, ddl: str, using: str, *, same: bool
) -> None:
    with Twin(server, ddl) as twin:
        (policy,), table = twin.schema.policies, twin.schema.by_name["notes"]
    both = compared(policy, replace(policy, using=using), table)
    assert both is not None
    found = compare(server, ddl, *both, trials=TRIALS)
    assert (found.same, found.refused) == (same, "")
    assert not same or found.rows_compared


def test_nothing_is_compared_where_nobody_knows_who_asks(server: Server) -> None:
    with Twin(server, NOTES.format("bigint", "owner = 3")) as twin:
        (policy,), table = twin.schema.policies, twin.schema.by_name["notes"]
    assert compared(policy, replace(policy, using="owner = 4"), table) is None


def test_queries_are_planned_with_the_policy_of_the_role_that_most_name(server: Server) -> None:
    ddl = NOTES.format("bigint", "true").replace("own ON notes", "own ON notes TO staff")
    ddl += "CREATE POLICY few ON notes TO clerk USING (owner = 7);\n"
    ddl += "CREATE POLICY fewer ON notes AS RESTRICTIVE TO clerk USING (id = 8);\n"
    with Twin(server, ddl) as twin:
        bound = as_bound(twin.schema, twin.schema.by_name["notes"]).text
        plan = str(twin.plan("SELECT body FROM notes", (bound,)))
    assert "owner = 7" in plan
    assert "id = 8" in plan


def test_what_a_migration_makes_of_policies_is_read_as_it_stands() -> None:
    text = "SET lock_timeout = '5s';\nALTER POLICY own ON notes\n  USING ((a = 'x  y'));\n"
    assert list(policies_in(Excerpt(text=text))) == ["POLICY own ON notes\n  USING ((a = 'x  y'))"]
