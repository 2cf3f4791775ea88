"""The environment variables that a service reads, and which of them are secrets."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text
from blueproof.sql.secrets import masked

_READ = re.compile(r"\bprocess\.env(?:\.([A-Z][A-Z0-9_]+)|\[\s*[\"']([A-Z][A-Z0-9_]+)[\"']\s*\])")
_ASKED = re.compile(  # of a configuration service: get("NAME"), getOrThrow<string>("NAME")
    r"\.get(?:OrThrow)?(?:<[\w\s|]{1,40}>)?\(\s*[\"']([A-Z][A-Z0-9]*_[A-Z0-9_]+)[\"']"
)
_DECLARED = re.compile(  # in a schema: NAME: Joi.string(), NAME: { type: "string" }, NAME: str()
    r"^[ \t]*[\"']?([A-Z][A-Z0-9_]{2,63})[\"']?\s*:\s*"
    r"(?:(?:Joi|z|t|v|Type|S)\.\w|\{\s*[\"']?(?:type|format|default|doc)[\"']?\s*:"
    r"|(?:str|num|bool|url|port|host|email|json|makeValidator)\()",
    re.MULTILINE,
)
_SCHEMAS = ("z.object(", "Joi.object(", "cleanEnv(", "envSchema", "@fastify/env", "createEnv(")
_WRITTEN = re.compile(  # a quoted value may go over lines
    r"""^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]{1,63})[ \t]*=[ \t]*("[^"]*"|'[^']*'|)""",
    re.MULTILINE,
)
_PORT = re.compile(r"^[ \t]*(?:export[ \t]+)?PORT[ \t]*=[ \t]*[\"']?(\d{2,5})\b", re.MULTILINE)
_SECRET = re.compile(
    r"(?:SECRET|TOKEN|PASSWORD|PASSWD|_KEY(?:$|_)|DSN|CREDENTIAL|WEBHOOK_URL"
    # An address of one of these carries its password.
    r"|(?:DATABASE|POSTGRES\w*|PG|DB|REDIS|VALKEY|MONGO\w*|AMQP|RABBITMQ|SMTP|MAIL\w*|QUEUE)"
    r"_UR[LI])"
)
_HARMLESS = re.compile(  # said to be public, or about a secret and none
    r"PUBLIC|PUBLISHABLE|^VITE_|^REACT_APP_|^VUE_APP_"
    r"|_(?:TTL|EXPIR\w*|SECONDS|MINUTES|HOURS|DAYS|MS|LENGTH|ALGORITHM|ISSUER|AUDIENCE|HEADER"
    r"|ENABLED)$"
)
_BUILT_IN = re.compile(r"NEXT_PUBLIC_|EXPO_PUBLIC_|VITE_|REACT_APP_|VUE_APP_")
# Set by us or by where it runs; keys of AWS are not needed there at all.
_OURS = frozenset(
    "NODE_ENV PORT HOST HOSTNAME CI TZ HOME PATH PWD DEBUG NODE_OPTIONS AWS_REGION "
    "AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN "
    "AWS_PROFILE AWS_LAMBDA_FUNCTION_NAME AWS_EXECUTION_ENV".split()
)


def read_variables(file: Text) -> Iterator[Finding]:
    """The names of variables that a file of source reads or declares in a schema."""
    text = file.text
    places = []
    if "process.env" in text:
        places += [(m[1] or m[2], m.start()) for m in _READ.finditer(text)]
    if "onfig" in text:
        places += [(m[1], m.start()) for m in _ASKED.finditer(text)]
    if any(word in text for word in _SCHEMAS):
        places += [(m[1], m.start(1)) for m in _DECLARED.finditer(text)]
    for name, place in sorted(places, key=lambda pair: pair[1]):
        yield from told(name, file.line(place))


def read_example(file: Text) -> Iterator[Finding]:
    """The names that a .env.example sets, and the port it names; no other value."""
    for found in _WRITTEN.finditer(file.text):
        if masked(found[1]) == found[1] and not _BUILT_IN.match(found[1]):
            yield from told(found[1], file.line(found.start(1)))
    port = _PORT.search(file.text)
    if port:
        yield Found(key="port", value=float(port[1]), line=file.line(port.start()))


def told(name: str, line: int) -> Iterator[Found]:
    """A variable's name as a secret's or a setting's; none that is set by us anyway."""
    if name in _OURS:
        return
    secret = _SECRET.search(name) and not _HARMLESS.search(name)
    yield Found(key="service.secret" if secret else "service.setting", value=name, line=line)
