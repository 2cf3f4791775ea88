"""Who may do what by a file: tokens, keys, and requests that nobody is asked for."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.subject import EVENT, Edit, Seen, Source
from blueproof.advisors.code.webhooks import hook_of
from blueproof.syntax.calls import Call
from blueproof.syntax.node import Node

_UNSAFE = r"unsafe|secur|safe|review|fine|\bok\b|audit|attack|hole|production"
_SERVICE = re.compile(r"service_?role|SERVICE_KEY|firebase-admin|auth\.admin\.", re.IGNORECASE)
_ASKS = re.compile(
    r"getUser\b|getSession|getClaims|verifyIdToken|auth\(\)|jwt\.?verify|jwtVerify|currentUser|"
    r"requireUser|require_?auth|authorizer|getServerSession|withAuth|getAuth|clerk|claims\.sub|"
    r"CRON_SECRET|\.headers\.(?:get\(['\"])?authorization(?!, )|isAdmin|Depends\(|login_required|"
    r"signature|passport|authenticate",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"(?:EXPO_PUBLIC|NEXT_PUBLIC|VITE|REACT_APP|PUBLIC)_\w*(?:SERVICE_ROLE|SECRET|PRIVATE|ADMIN)\w*"
)
_WRITES = frozenset(
    {"insert", "update", "upsert", "delete", "create", "deleteUser", "set", "remove"}
)
_GIVEN = re.compile(
    r"\b(?:req\.json\(\)|request\.json\(\)|req\.body|searchParams|params)\b|await \w+\.json\(\)"
)
_TAKEN = re.compile(r"const \{ (\w*[iI]d) \} = await (\w+)\.json\(\);?")
_MASKED = re.compile(r"(?:sk|rk)_(?:live|test)_\*\*\*|^.\*\*\*.$|whsec_\*\*\*")
_VERIFIED = re.compile(
    r"jwt\.verify|jwtVerify|verifyIdToken|getUser\(|getClaims\(|createRemoteJWKSet"
)


def check(source: Source) -> Iterator[Seen]:
    """What is open to whom."""
    for call in source.calls:
        yield from _undecoded(source, call)
        yield from _all_origins(source, call)
    yield from _nobody_asked(source)
    yield from _keys(source)


def _undecoded(source: Source, call: Call) -> Iterator[Seen]:
    """A token that is read and taken for true."""
    python = call.name == "jwt.decode" and source.language == "python"
    if python:
        off = re.search(r"verify_signature['\"]?\s*:\s*False|verify\s*=\s*False", call.node.text)
        edits: tuple[Edit, ...] = ()
        if not off:
            return
    else:
        cut = call.name == "atob" and "split" in call.node.text
        if not (call.name in {"jwt.decode", "jwtDecode", "jwt_decode", "decodeJwt"} or cut):
            return
        server = source.handlers or re.search(r"\bRequest\b|\breq\b|middleware", source.text)
        if source.is_client or not server or _VERIFIED.search(source.text):
            return
        edits = _verified(source, call)
    yield Seen(
        rule="jwt-not-verified", line=call.line, severity="harm", edits=edits, symptoms=_UNSAFE,
        what=f"{call.last} reads the token and verifies nothing: whoever writes a token of their "
        "own, with any user's id or role in it, is that user",
        do="jwt.verify(token, key, { algorithms: ['HS256'] }) (or the issuer's JWKS by jose's "
        "jwtVerify), with issuer and audience, and 401 where it throws",
    )  # fmt: skip


def _verified(source: Source, call: Call) -> tuple[Edit, ...]:
    if call.name != "jwt.decode" or not call.args:
        return ()
    typed = ": string" if source.path.endswith((".ts", ".tsx")) else ""
    key = "process.env.JWT_SECRET" + ("!" if typed else "")
    end = len(source.text)
    helper = (
        f"\n/** The claims of a token that we signed; null for any other. */\n"
        f"function verified(token{typed}) {{\n  try {{\n"
        f"    return jwt.verify(token, {key}, {{ algorithms: ['HS256'] }});\n"
        "  } catch {\n    return null;\n  }\n}\n"
    )
    return (
        Edit(start=call.node.start, end=call.node.end, text=f"verified({call.args[0].text})"),
        Edit(start=end, end=end, text=helper),
    )


def _all_origins(source: Source, call: Call) -> Iterator[Seen]:
    if call.name != "cors" or source.language != "script":
        return
    options = call.args[0].text if call.args else ""
    if re.search(r"credentials:\s*true", options) and re.search(
        r"origin:\s*(?:true|['\"]\*|\(.*?=>\s*(?:cb|callback)\(null, true)", options
    ):
        yield Seen(
            rule="cors-any", line=call.line, severity="harm", symptoms=_UNSAFE + "|cors",
            what="every origin may send requests with the cookies of whoever is signed in",
            do="name the origins: origin: ['https://app.example.com']",
        )  # fmt: skip


def _nobody_asked(source: Source) -> Iterator[Seen]:
    """A handler with full rights, or one that writes, which asks nobody who they are."""
    if hook_of(source) is not None:
        return
    for handler in source.handlers:
        if handler.where not in {"serverless", "next"} or handler.path == EVENT:
            continue
        text = re.sub(r"['\"][^'\"\n]*,[^'\"\n]*['\"]", "''", source.text)  # lists of headers
        if _ASKS.search(text) or not _SERVICE.search(source.text):
            continue
        action = re.match(r"\s*['\"]use server", source.text)
        given = action or _GIVEN.search(handler.function.text)
        writes = [c for c in source.within(handler.function) if c.link(*_WRITES)]
        if not given or not writes:
            continue
        first = next((c for c in source.within(handler.function) if c.last == "json"), writes[0])
        yield Seen(
            rule="no-auth", line=first.line, severity="harm", symptoms=_UNSAFE,
            what="nobody is asked who they are: anybody who sends an id to this address changes or "
            f"deletes what belongs to it (line {writes[0].line}), with the service key, which "
            "passes by every policy",
            do="take the user from the token: const { data: { user } } = await "
            "client.auth.getUser(jwt); 401 without one, and use user.id, never an id of the body",
            edits=_asked(source, handler.function, first),
        )  # fmt: skip


def _asked(source: Source, function: Node, first: Call) -> tuple[Edit, ...]:
    """The user taken from the token in place of the body, in an edge function of Supabase."""
    made = next((c for c in source.within(function) if c.name == "createClient"), None)
    held = next((n for n in first.node.above() if n.kind == "lexical_declaration"), None)
    taken = _TAKEN.fullmatch(held.text) if held else None
    after = (
        next((n for n in made.node.above() if n.kind == "lexical_declaration"), None)
        if made
        else None
    )
    name = after.parts[0].child("name") if after is not None else None
    if held is None or taken is None or after is None or name is None:
        return ()
    pad = " " * (after.start - (after.source.rfind("\n", 0, after.start) + 1))
    lines = (
        f"const jwt = {taken[2]}.headers.get('Authorization')?.replace('Bearer ', '') ?? '';",
        f"const {{ data: {{ user }} }} = await {name.text}.auth.getUser(jwt);",
        "if (!user) return new Response('sign in first', { status: 401 });",
        f"const {taken[1]} = user.id;",
    )
    start = held.source.rfind("\n", 0, held.start) + 1
    return (
        Edit(start=start, end=held.end + 1, text=""),
        Edit(start=after.end, end=after.end, text="".join(f"\n{pad}{line}" for line in lines)),
    )


def _keys(source: Source) -> Iterator[Seen]:
    """Keys where anybody can read them."""
    found = _PUBLIC.search(source.text)
    service = re.search(r"service_role|SERVICE_ROLE", source.text) if source.is_client else None
    at = found or service
    if at:
        yield Seen(
            rule="secret-in-client", line=source.text.count("\n", 0, at.start()) + 1,
            severity="harm", symptoms=_UNSAFE + "|key|leak",
            what=f"{at[0]} is built into what everybody downloads: with it every row is theirs",
            do="make a new key, take this one out, and do what needs it in a function on the "
            "server",
        )  # fmt: skip
    for node in source.root.walk():
        if node.kind == "string" and _MASKED.search(node.text):
            yield Seen(
                rule="secret-in-code", line=node.line, severity="harm",
                symptoms=_UNSAFE + "|key|leak",
                what="a secret is written in the code, and so in every clone of it",
                do="make a new one, and read it from the environment",
            )  # fmt: skip
            return
