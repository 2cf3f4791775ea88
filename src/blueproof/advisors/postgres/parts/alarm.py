"""What row security lets through, said first of all; and the answer to who can make whom what."""

import re

from blueproof.advisors.postgres.parts.lax_policies import RULE_ID as LAX
from blueproof.advisors.postgres.parts.row_security import is_self_set
from blueproof.advisors.postgres.parts.wording import count, listed
from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Draft, Proof
from blueproof.core.claim import AccessRefused, Attack
from blueproof.sql.access.privileges import asked_role

SLOT, OWNERS = "row security", "owners' rights"
# What anybody can do, before what only some can read.
_ORDER: tuple[Attack, ...] = (
    "joined-group", "raised-right", "claimed-right", "owner-function", "no-security",
    "owner-view", "planted-row", "forged-row", "no-identity", "ownerless-row", "others-rows",
    "other-identity", "widened",
)  # fmt: skip
_POWER = ("joined-group", "raised-right", "claimed-right")
_READS = ("no-identity", "other-identity")
_RECURSION = "42P17"
_MOST, _MOST_BY_TEXT = 4, 3
_NOTHING = re.compile(
    r"\b(?:can'?t|cannot|can not|unable|won'?t|doesn'?t|does not|do not|don'?t|nothing|no error|"
    r"0 rows|zero rows|no rows|empty|not work\w*|fails?|refus\w+|still there)\b",
    re.IGNORECASE,
)
_ASKED = {
    "DELETE": re.compile(r"\b(?:delet\w+|remov\w+)\b", re.IGNORECASE),
    "UPDATE": re.compile(r"\b(?:updat\w+|edit\w*|chang\w+|sav\w+)\b", re.IGNORECASE),
    "INSERT": re.compile(r"\b(?:insert\w*|creat(?:e|ing) (?:a|new|my)|upsert)\b", re.IGNORECASE),
    "SELECT": re.compile(r"\b(?:select\w*|read\w*|fetch\w*|empty|see)\b", re.IGNORECASE),
}


def is_security(advice: Recommendation) -> bool:
    """Whether the advice writes policies anew."""
    return advice.slot in {SLOT, OWNERS}


def alarm(draft: Draft, proofs: tuple[Proof, ...]) -> str:
    """What is open, then what cannot be read at all, and what closes it; "" where nothing is."""
    tried = [(p, p.claim) for p in proofs if isinstance(p.claim, AccessRefused)]
    before = [(p, c) for p, c in tried if not c.after]
    wrong = [(p, c) for p, c in before if p.verdict == "refuted"]
    verdict = _verdict(draft, before)
    asked = _unpermitted(draft) + verdict + _self_set(draft) + _by_text(draft)
    closed = tuple(r for r in draft.recommendations if is_security(r))
    if not wrong:
        return asked + "".join(map(_only_closing, closed))
    through = sorted((x for x in wrong if _RECURSION not in x[0].reason),
                     key=lambda x: _ORDER.index(x[1].attack))  # fmt: skip
    endless = tuple(dict.fromkeys(c.table for p, c in wrong if _RECURSION in p.reason))
    if not closed and all(c.attack in _READS for _, c in through) and not endless:
        names = listed(tuple(dict.fromkeys(c.table for _, c in through)))
        return (
            f"{asked}Close the row security of {names} first, unless all may see it: it lets "
            "others in. "
        )
    said = _open(through, asked=bool(verdict)) + _always_true(draft)
    if endless:
        said += f"Reading {listed(endless)} ends in infinite recursion ({_RECURSION}). "
    left = {c.table for _, c in wrong} - {c.table for _, c in tried if c.after}
    return f"{asked}{said}{_closing(closed, tried)}{_not_closed(left) if closed else ''}"


def _self_set(draft: Draft) -> str:
    """The policies that ask people what they may; no attack is needed to see that."""
    where = tuple(f.where for f in draft.findings if is_self_set(f))
    told = "user_metadata decides, which every user can set: anybody lets themselves in"
    return f"On {listed(where)}, {told}. " if where else ""


def _by_text(draft: Draft) -> str:
    """What policies give away as their text tells, without an attack."""
    found = [f for f in draft.findings if f.rule == LAX and f.severity == "harm"]
    said = "; ".join(f"{_short(f.says)} ({f.where})" for f in found[:_MOST_BY_TEXT])
    more = len(found) - _MOST_BY_TEXT
    return f"By their text: {said}{f'; {more} more' if more > 0 else ''}. " if found else ""


def _short(says: str) -> str:
    return says.partition(": ")[0]


def _unpermitted(draft: Draft) -> str:
    """What somebody asks why it does nothing, and no policy lets them do."""
    request = draft.brief.request
    if not _NOTHING.search(request):
        return ""
    verbs = {c for c, words in _ASKED.items() if words.search(request)}
    found = [f for f in draft.findings if f.rule == LAX and f.where.endswith(", no policy")]
    tables = [f for f in found if verbs & {*re.findall(r"[A-Z]{6}", f.says)}]
    prose = request.lower().partition("create table")[0]
    named = [f for f in tables if f.where.partition(",")[0] in prose] or tables
    return "".join(f"{f.says}. Add one, if people may. " for f in named[:2])


def _only_closing(closed: Recommendation) -> str:
    """What to say of a file that closes what no attack came through."""
    return f"Run {closed.artifacts[0]}: {closed.because[0]}. " if closed.because else ""


def _open(through: list[tuple[Proof, AccessRefused]], *, asked: bool) -> str:
    """The worst that was let through, one of each kind and table first."""
    kinds: dict[tuple[Attack, str], str] = {}
    for proof, claim in through:
        if not (asked and claim.attack in _POWER):  # which stands in the answer's first words
            kinds.setdefault((claim.attack, claim.table), proof.reason)
    reasons = tuple(kinds.values())
    if not reasons:
        return ""
    more = f"; {count(len(reasons) - _MOST, 'more opening')}" if len(reasons) > _MOST else ""
    return f"{'Also open' if asked else 'Open'}: {'; '.join(reasons[:_MOST])}{more}. "


def _always_true(draft: Draft) -> str:
    """The policies that ask nothing, since a sub-select caught a name."""
    where = tuple(f.where for f in draft.findings if "always true" in f.says)
    said = "a sub-select compares a column with itself, so the condition is always true"
    return f"On {listed(where)}, {said}. " if where else ""


def _not_closed(tables: set[str]) -> str:
    """What our files leave open, which the steps say how to close."""
    return f"No file of ours closes {listed(tuple(sorted(tables)))}: see there. " if tables else ""


def _closing(closed: tuple[Recommendation, ...], tried: list[tuple[Proof, AccessRefused]]) -> str:
    after = [p for p, c in tried if c.after]
    if not closed:
        return "Close this first. "
    was = "was" if len(after) == 1 else "were"
    files = listed(tuple(r.artifacts[0] for r in closed))
    return (
        f"Run {files} first: after it all {count(len(after), 'attack')} {was} refused, and people "
        "read their own. "
    )


def _verdict(draft: Draft, before: list[tuple[Proof, AccessRefused]]) -> str:
    """The answer to whether anybody can give themselves a role; "" where it is not asked."""
    role = asked_role(draft.brief.request)
    power = [(p, c) for p, c in before if c.attack in _POWER]
    if not role or not power:
        return ""
    through = tuple(dict.fromkeys(p.reason for p, _ in power if p.verdict == "refuted"))
    if through:
        return f"Yes, anybody can make themselves {role}: {'; '.join(through[:3])}. "
    if all(p.verdict == "proved" for p, _ in power):
        return (
            f"No, nobody can make themselves {role}: {count(len(power), 'attack')}, all refused. "
        )
    return ""
