"""What is struck out of a person's text, and what is left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.secrets import masked
from clock import least_seconds

# None of these is a real secret; they are built from pieces so that no scanner takes them for one.
_AWS = "AKIA" + "IOSFODNN7EXAMPLE"
_AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY1"
_JWT = "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "yb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlLXBhcnQ"
_STRIPE = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
_GITHUB = "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a"
_SUPABASE = "sb_" + "secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"
_PEM = (
    "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA\nabc+/=\n-----END RSA PRIVATE KEY-----"
)

SECRETS = {
    "postgres://user:pass@host/db": "postgres://user:***@host/db",
    "postgresql://app:p%40ss@db.internal:5432/shop?sslmode=require": (
        "postgresql://app:***@db.internal:5432/shop?sslmode=require"
    ),
    "postgres://user:p/ss@w0rd@host/db": "postgres://user:***@host/db",
    "redis://:hunter2@cache:6379": "redis://:***@cache:6379",
    "jdbc:postgresql://db:5432/shop?user=app&password=hunter2&ssl=true": (
        "jdbc:postgresql://db:5432/shop?user=app&password=***&ssl=true"
    ),
    f"-- deployed with {_AWS}": "-- deployed with AKIA***",
    f"aws_secret_access_key = {_AWS_SECRET}": "aws_secret_access_key = ***",
    "password=hunter2": "password=***",
    "DB_HOST=db\nDB_PASSWORD=hunter2\n": "DB_HOST=db\nDB_PASSWORD=***\n",
    'export PGPASSWORD="hunter 2"': 'export PGPASSWORD="***"',
    "user=app, password=hunter2, host=db": "user=app, password=***, host=db",
    "CREATE ROLE app LOGIN PASSWORD 'xxx'": "CREATE ROLE app LOGIN PASSWORD '***'",
    "CREATE ROLE password PASSWORD 'xxx'": "CREATE ROLE password PASSWORD '***'",
    "ALTER USER app WITH ENCRYPTED PASSWORD E'it''s' VALID UNTIL 'infinity'": (
        "ALTER USER app WITH ENCRYPTED PASSWORD '***' VALID UNTIL 'infinity'"
    ),
    "ALTER ROLE app PASSWORD $$xxx$$": "ALTER ROLE app PASSWORD $$***$$",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'b')": (
        "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password '***')"
    ),
    "CREATE SUBSCRIPTION s CONNECTION 'host=db user=a password=b' PUBLICATION p": (
        "CREATE SUBSCRIPTION s CONNECTION 'host=db user=a password=***' PUBLICATION p"
    ),
    "EXECUTE 'CONNECTION ''host=db password=b'''": "EXECUTE 'CONNECTION ''host=db password=***'''",
    "ALTER DATABASE d SET \"app.settings.jwt_secret\" TO 'abc'": (
        "ALTER DATABASE d SET \"app.settings.jwt_secret\" TO '***'"
    ),
    f"Authorization: Bearer {_JWT}": "Authorization: Bearer eyJ***",
    f"SELECT set_config('app.service', '{_JWT}', true)": (
        "SELECT set_config('app.service', 'eyJ***', true)"
    ),
    f"postgres://user:eyJ{'a' * 200}.{'b' * 200}@host/db": "postgres://user:***@host/db",
    f"VALUES ('{_STRIPE}')": "VALUES ('sk_live_***')",
    f"git clone with {_GITHUB}": "git clone with ghp_***",
    f"key {_SUPABASE}": "key sb_secret_***",
    f"INSERT INTO k VALUES ('{_PEM}');": (
        "INSERT INTO k VALUES ('-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----');"
    ),
    "api_key = 'abc123'": "api_key = '***'",
    '{"apiKey": "abc123", "region": "eu"}': '{"apiKey": "***", "region": "eu"}',
    "WHERE api_key = 'abc123' AND id = 1": "WHERE api_key = '***' AND id = 1",
    "v_password := 'abc'": "v_password := '***'",
    "\\connect postgres://a:b@c/d": "\\connect postgres://a:***@c/d",
}
ORDINARY = [
    "CREATE TABLE users (password text NOT NULL, password_hash text, api_key text DEFAULT '')",
    "password_hash = 'abc'",
    "SELECT * FROM users WHERE password = $1",
    "SELECT * FROM users WHERE password=$1 AND email=$2",
    "SELECT * FROM users WHERE password=? OR password=:password OR password=%s",
    "UPDATE users SET password = crypt($1, gen_salt('bf'))",
    "UPDATE users SET password=crypt($1, gen_salt('bf'))",
    "UPDATE users SET\n  name=new_name,\n  password=other,\n  secret=fresh WHERE id=1",
    "ON CONFLICT (id) DO UPDATE SET password = EXCLUDED.password, token=EXCLUDED.token",
    'SELECT a.password=b.password, u.password = "Old"."password" FROM a, b',
    "WHERE password = '' OR password IS NULL OR password <> 'x'",
    "CHECK (kind IN ('password', 'oauth')), CHECK (kind = 'password'::text)",
    "SELECT password::text, secret::bytea FROM users",
    'ALTER TABLE users RENAME COLUMN secret TO "Hidden"',
    "ALTER TYPE kind RENAME VALUE 'password' TO 'passphrase'",
    "GRANT SELECT ON secret TO app",
    "COMMENT ON COLUMN users.password IS 'The password, hashed'",
    "EXECUTE format('ALTER ROLE %I PASSWORD %L', name, word)",
    "EXECUTE 'ALTER ROLE a PASSWORD ' || quote_literal(word) || ' LOGIN'",
    "EXECUTE 'UPDATE t SET password=' || quote_literal(word) || ', a = 1'",
    "ALTER ROLE app PASSWORD NULL",
    "secretary = 'Ann'",
    "role_key = 'admin'",
    "-- see https://example.org:8080/docs@v2 and mail me@example.org",
    "http://localhost:5432",
    "postgres://user@host/db",
    "-- password: hashed with bcrypt",
    "SELECT '12:30'::time, a[1:2] FROM t",
    "CREATE INDEX sk_test_results_id ON t (a)",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SECRETS.items(), ids=range(len(SECRETS)))
def test_secret_is_struck_out(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sql_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", SECRETS)
def test_struck_out_twice_is_struck_out_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


PIECES = st.sampled_from(
    [*SECRETS, *ORDINARY, "'", '"', "''", "=", " ", ":", "@", "://", "password", "***", "$$", ";"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=6).map("".join))
def test_striking_out_comes_to_rest_on_any_text(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    ["password='" * 100_000, "a.b-" * 250_000, "://a:" * 200_000, "eyJ" * 300_000, "'" * 1_000_000],
    ids=lambda text: text[:8],
)
def test_a_megabyte_of_noise_takes_seconds_at_most(text: str) -> None:
    assert least_seconds(lambda: masked(text)) < 5
