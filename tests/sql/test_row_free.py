"""What of a condition no row changes is asked once, and nothing else is touched."""

import pytest

from blueproof.sql.row_free import Condition

STABLE = frozenset({"auth.uid", "auth.jwt", "auth.role", "is_member", "my_team"})


@pytest.mark.parametrize(
    ("condition", "once"),
    [
        ("(user_id = auth.uid())", "(user_id = (SELECT auth.uid()))"),
        (
            "((current_setting('app.user'::text))::bigint = user_id)",
            "((SELECT (current_setting('app.user'::text))::bigint) = user_id)",
        ),
        (
            "(user_id = (NULLIF(current_setting('a'::text, true), ''::text))::uuid)",
            "(user_id = (SELECT (NULLIF(current_setting('a'::text, true), ''::text))::uuid))",
        ),
        (
            "((auth.role() = 'user'::text) AND (user_id = auth.uid()))",
            "((SELECT auth.role() = 'user'::text) AND (user_id = (SELECT auth.uid())))",
        ),
        (
            "(EXISTS ( SELECT 1 FROM members m WHERE (m.id = docs.id) AND (m.u = auth.uid())))",
            "(EXISTS ( SELECT 1 FROM members m WHERE (m.id = docs.id) AND "
            "(m.u = (SELECT auth.uid()))))",
        ),
        (
            "(\"Owner\" = (current_setting('a'::text))::character varying(20))",
            "(\"Owner\" = (SELECT (current_setting('a'::text))::character varying(20)))",
        ),
        ("(x = md5(current_setting('a'::text)))", "(x = md5((SELECT current_setting('a'::text))))"),
        ("(my_team(5) OR (user_id = 3))", "((SELECT my_team(5)) OR (user_id = 3))"),
    ],
)
def test_it_is_put_into_a_subquery(condition: str, once: str) -> None:
    assert Condition(text=condition, stable=STABLE).asked_once()[0] == once


@pytest.mark.parametrize(
    "condition",
    [
        "(( SELECT auth.uid() AS uid) = user_id)",
        "(x = unknown())",
        "is_member(team_id)",
        "is_member(( SELECT auth.uid() AS uid), team_id)",
        "(auth.role() = 'user'::text)",
        "my_team()",
        "(team_id = ANY (my_team()))",
        "(uid = 3)",
        "(at > (now() - '1 day'::interval))",
    ],
)
def test_it_stays_as_it_is(condition: str) -> None:
    assert Condition(text=condition, stable=STABLE).asked_once() == (condition, ())


def test_a_cast_after_any_is_no_list_of_rows() -> None:
    condition = "(t = ANY ((string_to_array(current_setting('a'::text), ','::text))::integer[]))"
    once = "(t = ANY ((SELECT string_to_array(current_setting('a'::text), ','::text))::integer[]))"
    assert Condition(text=condition, stable=STABLE).asked_once()[0] == once


def test_a_call_with_a_column_of_the_row_is_named() -> None:
    condition = Condition(text="(is_member(team_id) OR my_team())", stable=STABLE)
    assert list(map(str, condition.of_the_row())) == ["is_member(team_id)"]
