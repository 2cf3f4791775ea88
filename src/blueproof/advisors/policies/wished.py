"""Rules of Firestore that are wished for in words: one collection, owners, admins, who reads.

Only what is surely meant is written. Words of members, friends or several collections leave it to
others: a rule that is guessed is a hole. Source of the forms:
https://firebase.google.com/docs/firestore/security/rules-fields
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ASKED = re.compile(
    r"\b(?:write|give|need|want|create|make|build|show|set up|how (?:do|can|should|would) (?:i|we)"
    r"|what (?:should|would)|help)\b[^.?!]{0,80}\brules?\b"
    r"|\brules?\b[^.?!]{0,40}\b(?:please|for (?:this|me|that|it))\b",
    re.IGNORECASE,
)
_FIRESTORE = re.compile(r"\bfire ?store\b", re.IGNORECASE)
_HANDED = re.compile(r"\ballow\s+\w+[\w, ]*:|\bmatch\s+/|\bcreate\s+policy\b", re.IGNORECASE)
# Who is more than an owner and an admin, and what one document alone does not decide.
_MORE = re.compile(
    r"\b(?:members?|memberIds|teams?|groups?|organi[sz]ations?|orgs?|tenants?|friends?|followers?"
    r"|follow|shared? with|collaborators?|editors?|viewers?|moderators?|managers?|teachers?"
    r"|students?|doctors?|patients?|drivers?|sellers?|buyers?|participants?|invited?|storage"
    r"|bucket|upload\w*|messages?|chats?|sub-?collections?|likes?|votes?|counters?|accountants?"
    r"|real-?time database|rtdb|rate limit\w*|premium|subscribers?|paid|verified"
    r"|approved?|guests?)\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w/.])/?(?P<name>[a-z][\w-]*)/\{(?P<id>\w+)\}(?P<deeper>/\w+)?")
_CALLED = re.compile(
    r"\bcollection (?:is |named |called |of )*[`'\"]?(?P<a>[a-z]\w*)[`'\"]?"
    r"|\b(?:the |an? |my |our )?[`'\"]?(?P<b>[a-z]\w*)[`'\"]? collection\b",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"\b(?:own|user|their) profiles?\b|\bprofiles? of (?:their|his) own\b", re.IGNORECASE
)
_OWN = re.compile(
    r"\b(?:own|owner|author|creator|themsel\w+|himself"
    r"|their (?:profile|posts?|notes?|documents?))\b",
    re.IGNORECASE,
)
_OWNER_FIELD = re.compile(
    r"\b(ownerId|owner_id|ownerUid|authorId|author_id|authorUid|userId|user_id|creatorId|createdBy"
    r"|created_by|uid)\b(?!\})"
)
_ADMIN = re.compile(r"\badmins?(?:istrators?)?\b", re.IGNORECASE)
_NO_ADMIN = re.compile(
    r"\b(?:no|without|not?) admins?\b|\badmins?\s*\?\s*(?:no|none)\b"
    r"|\badmins? (?:can|may|must) ?not\b",
    re.IGNORECASE,
)
_BY_ADMINS = re.compile(
    r"\bonly (?:the |an? )?admins?\b[^.;?]{0,20}\b(?:write|edit|create|add|change|update|manage)",
    re.IGNORECASE,
)
_NO_DELETE = re.compile(
    r"\b(?:never|not|no ?(?:one|body)|cannot|can't|cant|mustn't)\b[^.;?]{0,25}\bdelet\w+",
    re.IGNORECASE,
)
_CLAIM = re.compile(r"\bclaims?\b", re.IGNORECASE)
_EVERYONE = r"(?:every(?:one|body)|any(?:one|body)|the public|visitors|all (?:people|users))"
_SIGNED = re.compile(
    r"\b(?:any|every|all)?\s*(?:logged|signed)[- ]?in (?:users?|people|person)?[^.;,]{0,25}"
    r"\b(?:see|read|view|list)\b|\b(?:see|read|view)\w*\b[^.;,]{0,30}\b(?:when|if|once|by|for|to)\b"
    r"[^.;,]{0,15}\b(?:logged|signed)[- ]?in|\bauthenticated (?:users? )?(?:can|may) (?:see|read)",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    rf"\b{_EVERYONE}(?: (?:can|may|should|must|else|be|able|to|is))* (?:see|read|view)\b"
    r"|\b(?:publicly|public(?:ly)? read|readable by (?:every|any)|without (?:login|an account))",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\b(role|isAdmin|is_admin)\b(?:\s*[:(=]?\s*[(\[]?(?P<of>[^)\].\n]{0,60}))?")
_VALUE = re.compile(r"[\"'](\w+)[\"']")
_SERVER = ("role", "isAdmin", "is_admin", "admin", "balance", "credits", "points", "coins",
           "plan", "subscription", "banned", "verified", "rating", "score")  # fmt: skip
_PUBLISHED = re.compile(r"\b(?:published|drafts?|private|hidden|unlisted)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one collection's rules are to say.

    `owner` is the field that holds the owner's uid, "" where the document's id is the uid; `reads`
    is "owner", "signed-in" or "all"; `kept` are fields that no owner may set; `role` is the field
    of users/{uid} by which admins are known, "" for a custom claim; `owned` is whether owners
    write, and not admins alone; `deletes` whether they delete what is theirs.
    """

    collection: str
    wildcard: str
    owner: str
    reads: str
    admins: bool
    role: str
    kept: tuple[str, ...]
    initial: str
    owned: bool = True
    deletes: bool = True


def wish_in(request: str) -> Wish | None:
    """The rules that the words ask for; None where they do not, or more is meant."""
    if not _ASKED.search(request) or not _FIRESTORE.search(request):
        return None
    if _HANDED.search(request) or _MORE.search(request) or _PUBLISHED.search(request):
        return None
    named = _collection(request)
    owned, by_admins = bool(_OWN.search(request)), bool(_BY_ADMINS.search(request))
    if named is None or owned == by_admins:
        return None
    collection, wildcard = named
    of_users = collection.lower() in {"users", "profiles", "accounts", "people"}
    field = _OWNER_FIELD.search(_PATH.sub("", request))
    if owned and not of_users and field is None:
        return None
    admins = bool(_ADMIN.search(request)) and not _NO_ADMIN.search(request)
    role = _ROLE.search(request)
    if role and not of_users and not _CLAIM.search(request):
        return None  # where the roles stand is not told
    words = {*re.findall(r"\w+", request)}
    kept = tuple(f for f in _SERVER if f in words and (f != "admin" or not admins))
    return Wish(
        collection=collection, wildcard=wildcard, owner="" if of_users or field is None
        else field[1], reads=_readers(request), admins=admins,
        role="role" if role and role[1] == "role" and of_users else "",
        kept=tuple(dict.fromkeys((*kept, *(("role",) if of_users and admins else ())))),
        initial=_initial(role) if role and role[1] == "role" else "",
        owned=owned, deletes=not _NO_DELETE.search(request) and not {*kept} - {"role"},
    )  # fmt: skip


def _collection(request: str) -> tuple[str, str] | None:
    """The one collection that is named, with its wildcard; None of several, or of none."""
    paths = [*_PATH.finditer(request)]
    if any(p["deeper"] for p in paths):
        return None
    names = {p["name"]: p["id"] for p in paths}
    if not names:
        called = [m["a"] or m["b"] for m in _CALLED.finditer(request)]
        plain = {c for c in called if c.lower() not in {"the", "a", "this", "that", "each", "is",
                                                        "every", "firestore", "my"}}  # fmt: skip
        names = dict.fromkeys(plain, "id")
        if not names and _PROFILE.search(request):
            names = {"users": "uid"}
    if len(names) != 1:
        return None
    [(name, wildcard)] = names.items()
    return name, "uid" if name == "users" and wildcard == "id" else wildcard


def _readers(request: str) -> str:
    if _SIGNED.search(request):
        return "signed-in"
    return "all" if _PUBLIC.search(request) else "owner"


def _initial(role: re.Match[str]) -> str:
    """The value that a new document's role has: the first that is told and is no admin's."""
    values = [v for v in _VALUE.findall(role["of"] or "") if "admin" not in v.lower()]
    return values[0] if values else ""


def rules_of(wish: Wish) -> str:
    """The whole firestore.rules of a wish; what no line allows is refused."""
    return "\n".join(_lines(wish)) + "\n"


def _lines(wish: Wish) -> Iterator[str]:
    yield "rules_version = '2';"
    yield ""
    yield "service cloud.firestore {"
    yield "  match /databases/{database}/documents {"
    yield "    function signedIn() {\n      return request.auth != null;\n    }"
    if wish.admins:
        yield "    function isAdmin() {\n      return signedIn() &&"
        yield f"        {_admin(wish)};\n    }}"
    yield f"    match /{wish.collection}/{{{wish.wildcard}}} {{"
    yield from _allows(wish)
    yield "    }"
    yield "  }"
    yield "}"


def _admin(wish: Wish) -> str:
    if not wish.role:
        return "request.auth.token.get('admin', false) == true"
    document = f"/databases/$(database)/documents/{wish.collection}/$(request.auth.uid)"
    return f"get({document}).data.get('{wish.role}', '') == 'admin'"


def _allows(wish: Wish) -> Iterator[str]:
    before = f"resource.data.{wish.owner}" if wish.owner else wish.wildcard
    after = f"request.resource.data.{wish.owner}" if wish.owner else wish.wildcard
    owns = f"signedIn() && {before} == request.auth.uid"
    admin = " || isAdmin()" if wish.admins else ""
    reads = {"all": "true", "signed-in": "signedIn()"}.get(wish.reads, f"({owns}){admin}")
    if not wish.owned:
        reads = "isAdmin()" if wish.reads == "owner" else reads
    yield f"      allow read: if {reads};"
    if not wish.owned:
        yield "      allow write: if isAdmin();"
        return
    new = [f"signedIn() && {after} == request.auth.uid", *_fresh(wish)]
    yield f"      allow create: if {f'{chr(10)}        && '.join(new)};"
    same = [owns, *([f"{after} == {before}"] if wish.owner else []), *_unchanged(wish)]
    yield f"      allow update: if ({f'{chr(10)}        && '.join(same)}){admin};"
    may = [f"({owns})"] * wish.deletes + ["isAdmin()"] * wish.admins
    yield f"      allow delete: if {' || '.join(may) or 'false'};"


def _fresh(wish: Wish) -> Iterator[str]:
    """What a new document may not say of itself."""
    banned = [f for f in wish.kept if not (f == "role" and wish.initial)]
    if "role" in wish.kept and wish.initial:
        yield f"request.resource.data.role == '{wish.initial}'"
    if banned:
        yield f"!request.resource.data.keys().hasAny([{_quoted(banned)}])"


def _unchanged(wish: Wish) -> Iterator[str]:
    if wish.kept:
        changed = "request.resource.data.diff(resource.data).affectedKeys()"
        yield f"!{changed}.hasAny([{_quoted(wish.kept)}])"


def _quoted(fields: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{field}'" for field in fields)
