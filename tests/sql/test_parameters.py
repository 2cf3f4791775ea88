"""Which characters of a query are placeholders, and which are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.errors import SqlError
from blueproof.sql.lexer import tokens
from blueproof.sql.parameters import MOST_PARAMETERS, Numbered, numbered
from clock import least_seconds

PLACEHOLDERS = {
    "WHERE a = ? AND b = ?": "WHERE a = $1 AND b = $2",
    "VALUES (?,?)": "VALUES ($1,$2)",
    "WHERE a = ?2 AND b = ?1 AND c = ?2": "WHERE a = $1 AND b = $2 AND c = $1",
    "WHERE a = %s AND b = %s::int": "WHERE a = $1 AND b = $2::int",
    "WHERE a = %(a)s OR b = %(b)s OR c = %(a)s": "WHERE a = $1 OR b = $2 OR c = $1",
    "WHERE a = :a OR b=:b OR c = :a": "WHERE a = $1 OR b=$2 OR c = $1",
    "WHERE a = :größe": "WHERE a = $1",
    "WHERE a = :'a'": "WHERE a = $1",
    "WHERE a = @a AND b>=@b": "WHERE a = $1 AND b>=$2",
    "WHERE a = ${a} AND b = ${ user.id } AND c = ${ids[0]}": (
        "WHERE a = $1 AND b = $2 AND c = $3"
    ),
    "WHERE a = {{a}} AND b = {{ b }}": "WHERE a = $1 AND b = $2",
    "WHERE a = #{a} AND b = #{b,jdbcType=INTEGER}": "WHERE a = $1 AND b = $2",
    "WHERE a = sqlc.arg(a) AND b = sqlc.narg('b')": "WHERE a = $1 AND b = $2",
    "WHERE a = $2 AND b = ? AND c = :c": "WHERE a = $2 AND b = $3 AND c = $4",
    "LIMIT ? OFFSET ?": "LIMIT $1 OFFSET $2",
    "LIMIT? OFFSET:o": "LIMIT $1 OFFSET $2",
    "WHERE a = ?and b": "WHERE a = $1 and b",
    "FETCH FIRST ? ROWS ONLY": "FETCH FIRST $1 ROWS ONLY",
    "FETCH FIRST :n ROWS ONLY": "FETCH FIRST $1 ROWS ONLY",
    "a > now() - interval ?": "a > now() - interval $1",
    "a > now() - interval %s": "a > now() - interval $1",
    "a > now() - :days * interval '1 day'": "a > now() - $1 * interval '1 day'",
    "a LIKE ? || '%'": "a LIKE $1 || '%'",
    "a LIKE ?||'%'": "a LIKE $1||'%'",
    "a BETWEEN ? AND ?": "a BETWEEN $1 AND $2",
    "a = ANY(?) OR b = ANY (:ids)": "a = ANY($1) OR b = ANY ($2)",
    "a IN ? OR b IN (?) OR c in %(c)s": "a IN ($1) OR b IN ($2) OR c in ($3)",
    "CASE WHEN ? THEN ? ELSE ? END": "CASE WHEN $1 THEN $2 ELSE $3 END",
    "SELECT ARRAY[:a, :b]": "SELECT ARRAY[$1, $2]",
    "SELECT a[:n] FROM t": "SELECT a[$1] FROM t",
    "SELECT f(a := :a, b => :b)": "SELECT f(a := $1, b => $2)",
    "a ->> ? = ? AND b #>> ? = ?": "a ->> $1 = $2 AND b #>> $3 = $4",
    "a @> ?::jsonb AND b @>@b": "a @> $1::jsonb AND b @>$2",
    "a ? ? AND b ?? ? AND c ??| ?": "a ? $1 AND b ? $2 AND c ?| $3",
    "a @?? ? AND b @? :path": "a @? $1 AND b @? $2",
    "(a->'b') ? :key": "(a->'b') ? $1",
    "a ? @key": "a ? $1",
    "a %% 2 = %s": "a % 2 = $1",
    "a - ? > ?": "a - $1 > $2",
}  # fmt: skip
NONE = [
    "SELECT '? %s %(a)s :a $1 ${a} {{a}} @a'",
    "SELECT 1 -- ? %s :a $1 ${a}",
    "SELECT 1 /* ? %s :a /* {{a}} */ */",
    "SELECT $$? %s :a ${a}$$, $q$ :a $$ ? $q$",
    'SELECT "?", ":a", "%s" FROM "{{a}}"',
    r"SELECT E'it\'s :a ?', U&'\003f :a'",
    "a ? 'key' AND b ?| ARRAY['x'] AND c ?& array['x'] AND d ?| '{x}'",
    "a ? b AND (a->'b') ? lower(c) AND a -> 'b' ? \"c\"",
    "a @? '$.x' AND b @@ '$.y == 1'",
    "SELECT a::int, a :: text, (b)::date, 'x'::text::varchar(3)",
    "SELECT a[1:2], a[1:n], a[n :m], a[:2], a[2:], (f(x))[i:j]",
    "SELECT f(a := 1, b => 2), '12:30'::time",
    "SELECT a%s, a %s, (a)%s, 5 %s FROM t",
    "a % s = 0 AND b % 2 = 1",
    "a <@ b AND a <@b AND x ^@ 'p' AND @ c > 1 AND a @> b",
    "SELECT json_build_object('a':'b')",
    "a LIKE '%s' OR a LIKE '%' || b",
    "SELECT {{ ref('orders') }}, tbl_${x}",
]


@pytest.mark.parametrize(("text", "expected"), PLACEHOLDERS.items())
def test_placeholder_becomes_a_number(text: str, expected: str) -> None:
    assert numbered(text).text == expected


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_placeholder_stays(text: str) -> None:
    assert numbered(text) == Numbered(text=text)


@pytest.mark.parametrize("text", [*PLACEHOLDERS.values(), *NONE])
def test_numbered_text_stays_as_it_is(text: str) -> None:
    assert numbered(text).text == text


def test_names_stand_in_the_order_of_their_numbers() -> None:
    assert numbered("SELECT :b, ?, %(a)s, :b, $2").names == ("$1", "$2", "b", "$4", "a")


def test_slice_up_to_a_column_is_one_beside_numbers() -> None:
    assert numbered("SELECT a[:n] FROM t WHERE b = $1").text == "SELECT a[:n] FROM t WHERE b = $1"


@pytest.mark.parametrize("number", [str(MOST_PARAMETERS + 1), "9" * 20, "9" * 5000])
def test_number_beyond_the_protocol_is_refused(number: str) -> None:
    with pytest.raises(SqlError, match="at most 65,535 parameters"):
        numbered(f"SELECT ${number}")


def test_last_number_of_the_protocol_is_read() -> None:
    assert len(numbered(f"SELECT ${MOST_PARAMETERS}, $007").names) == MOST_PARAMETERS


STYLES = st.sampled_from(["?", "%s", ":n", "%(n)s", "@n", "${n}", "#{n}", "{{n}}", ":'n'"])
COVERS = st.sampled_from(["'{}'", '"{}"', "$${}$$", "$q${}$q$", "/* {} */", "-- {}\n", "E'\\'{}'"])


@given(st.lists(st.tuples(STYLES, COVERS, STYLES), min_size=1, max_size=5))
def test_only_what_stands_in_the_open_is_a_placeholder(
    found: list[tuple[str, str, str]],
) -> None:
    covered = [cover.replace("{}", inner, 1) for inner, cover, _ in found]
    text = "".join(f"{c} , {style} , " for c, (_, _, style) in zip(covered, found, strict=True))
    result = numbered(text).text
    assert re.sub(r"\$\d+ , ", "_ , ", result) == "".join(f"{c} , _ , " for c in covered)


PIECES = st.sampled_from([
    *("?", "??", "?|", "?&", "%s", "%%", "%(a)s", ":", "::", ":a", "@", "@a", "$1", "${a}"),
    *("a", "in", "SELECT", "[", "]", "(", ")", "'a'", '"a"', " ", "\n", "--", "1", "é", "😀"),
    *("{{a}}", "1.5", ",", "sqlc.arg(a)", "#{a}", "||", "interval", "array", "e", "-"),
])  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=20).map("".join))
def test_any_text_is_numbered_without_losing_or_joining_words(text: str) -> None:
    try:
        before = [t for t in tokens(text) if t.kind in {"name", "string", "quoted_name", "number"}]
        result = numbered(text)
    except SqlError:
        return
    after = [t.text for t in tokens(result.text) if t.kind in {t.kind for t in before}]
    kept = iter(t.text for t in before)
    assert all(piece in kept for piece in after), "what is left stood there before, in order"
    used = {int(t.text[1:]) for t in tokens(result.text) if t.kind == "parameter"} - {0}
    assert used <= set(range(1, len(result.names) + 1))


@pytest.mark.parametrize(
    "text", ["?," * 50_000, "a ? 'b' and " * 20_000, ":a " * 50_000, "a[" * 50_000, "${" * 50_000]
)
def test_many_placeholders_take_no_long_time(text: str) -> None:
    assert least_seconds(lambda: numbered(text)) < 5
