"""Small stand-ins for extensions that the embedded server does not carry.

They let tables that use the extension's types and functions be created; what differs is said. The
real extensions are needed for operators and operator classes.
"""

from dataclasses import dataclass

_UUID = """
CREATE FUNCTION public.uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE
  AS 'SELECT gen_random_uuid()';
CREATE FUNCTION public.uuid_generate_v1() RETURNS uuid LANGUAGE sql VOLATILE
  AS 'SELECT gen_random_uuid()';
CREATE FUNCTION public.uuid_generate_v1mc() RETURNS uuid LANGUAGE sql VOLATILE
  AS 'SELECT gen_random_uuid()';
"""
_CITEXT = "CREATE DOMAIN public.citext AS text;"
_CRYPTO = """
CREATE FUNCTION public.gen_random_bytes(integer) RETURNS bytea LANGUAGE sql VOLATILE
  AS 'SELECT decode(repeat(''00'', $1), ''hex'')';
"""
_AUTH = """
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text UNIQUE,
  raw_user_meta_data jsonb, created_at timestamptz DEFAULT now());
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
  AS 'SELECT nullif(current_setting(''request.jwt.claim.sub'', true), '''')::uuid';
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE
  AS 'SELECT current_setting(''request.jwt.claim.role'', true)';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE
  AS 'SELECT nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb';
"""


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """SQL that stands in for an extension, and what is different from the real one."""

    sql: str
    differs: str


STAND_INS = {
    "uuid-ossp": StandIn(sql=_UUID, differs="its functions all give random UUIDs"),
    "citext": StandIn(
        sql=_CITEXT, differs="citext is planned as text, so comparisons see upper and lower case"
    ),
    "pgcrypto": StandIn(sql=_CRYPTO, differs="only gen_random_bytes is there"),
}
SUPABASE_AUTH = StandIn(
    sql=_AUTH, differs="auth.users and auth.uid() are stand-ins for Supabase's own"
)
