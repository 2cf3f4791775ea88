"""Small stand-ins for extensions that the embedded server does not carry.

They let tables that use the extension's types and functions be created; what differs is said. The
real extensions are needed for operators and operator classes. They are made by the guest, before
any SQL of the person's runs, in the schema that the extension was asked for in.
"""

from dataclasses import dataclass

_RANDOM = ("uuid_generate_v1()", "uuid_generate_v1mc()", "uuid_generate_v4()")
_NAMED = ("uuid_generate_v3(uuid, text)", "uuid_generate_v5(uuid, text)")
_FIXED = ("uuid_nil()", "uuid_ns_dns()", "uuid_ns_url()", "uuid_ns_oid()", "uuid_ns_x500()")


def _function(head: str, returns: str, body: str, volatility: str = "IMMUTABLE") -> str:
    return (
        f"CREATE FUNCTION {{schema}}.{head} RETURNS {returns} LANGUAGE sql {volatility} "
        f"AS $${body}$$;"
    )


_UUID = "".join(
    (
        *(_function(f, "uuid", "SELECT gen_random_uuid()", "VOLATILE") for f in _RANDOM),
        *(_function(f, "uuid", "SELECT md5($1::text || $2)::uuid") for f in _NAMED),
        *(_function(f, "uuid", "SELECT repeat('0', 32)::uuid") for f in _FIXED),
    )
)
_CITEXT = "CREATE DOMAIN {schema}.citext AS text;"
_CRYPTO = "".join(
    (
        _function("gen_random_uuid()", "uuid", "SELECT pg_catalog.gen_random_uuid()", "VOLATILE"),
        _function("gen_random_bytes(integer)", "bytea", "SELECT decode(repeat('00', $1), 'hex')",
                  "VOLATILE"),
        _function("gen_salt(text)", "text", "SELECT $1", "VOLATILE"),
        _function("gen_salt(text, integer)", "text", "SELECT $1", "VOLATILE"),
        _function("crypt(text, text)", "text", "SELECT md5($1 || $2)"),
        _function("digest(text, text)", "bytea", "SELECT sha256(convert_to($1, 'UTF8'))"),
        _function("digest(bytea, text)", "bytea", "SELECT sha256($1)"),
        _function("hmac(text, text, text)", "bytea", "SELECT sha256(convert_to($1, 'UTF8'))"),
        _function("hmac(bytea, bytea, text)", "bytea", "SELECT sha256($1)"),
    )
)  # fmt: skip
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
GRANT USAGE ON SCHEMA auth TO PUBLIC;
GRANT ALL ON auth.users TO PUBLIC;
"""
# What policies of files ask of; https://supabase.com/docs/guides/storage/schema/design
_STORAGE = """
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL, owner uuid,
  public boolean DEFAULT false, created_at timestamptz DEFAULT now());
CREATE TABLE storage.objects (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  bucket_id text REFERENCES storage.buckets (id), name text, owner uuid, owner_id text,
  created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), metadata jsonb,
  user_metadata jsonb, version text);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE
  AS 'SELECT (string_to_array(name, ''/''))[1:cardinality(string_to_array(name, ''/'')) - 1]';
CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE
  AS 'SELECT (string_to_array(name, ''/''))[cardinality(string_to_array(name, ''/''))]';
CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE
  AS 'SELECT reverse(split_part(reverse(name), ''.'', 1))';
GRANT USAGE ON SCHEMA storage TO PUBLIC;
"""


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """SQL that stands in for an extension, and what is different from the real one."""

    sql: str
    differs: str

    def in_schema(self, schema: str) -> str:
        """The SQL with its objects in this schema, given as SQL writes it."""
        return self.sql.replace("{schema}", schema)


STAND_INS = {
    "uuid-ossp": StandIn(sql=_UUID, differs="its functions give other UUIDs"),
    "citext": StandIn(
        sql=_CITEXT, differs="citext is planned as text, so comparisons see upper and lower case"
    ),
    "pgcrypto": StandIn(
        sql=_CRYPTO, differs="its functions give other values, and only the common ones are there"
    ),
}
SUPABASE_AUTH = StandIn(
    sql=_AUTH, differs="auth.users and auth.uid() are stand-ins for Supabase's own"
)
SUPABASE_STORAGE = StandIn(
    sql=_STORAGE, differs="storage.objects and its functions are stand-ins for Supabase's own"
)
SUPABASE_ROLES = ("anon", "authenticated", "service_role")
