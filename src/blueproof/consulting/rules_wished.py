"""The consultation on rules that are asked for in words: written, and tried before they are told.

Rules that let one attack through, or refuse one rightful deed, are not handed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from blueproof.advisors.policies.wished import Wish, rules_of, wish_in
from blueproof.consulting.kinds import kind_of
from blueproof.core.advice import Artifact, Step
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, Unproved
from blueproof.core.brief import Brief
from blueproof.engines.firebase_rules.decide import decide
from blueproof.engines.firebase_rules.requests import Request
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.runs import Data
from blueproof.engines.firebase_rules.yaml_values import as_timestamp
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_PATH = "firestore.rules"
_OWNER, _STRANGER, _CHIEF = "ann", "eve", "boss"


@dataclass(frozen=True, kw_only=True)
class _Try:
    """A request by somebody ("" is nobody), and whether it is rightful."""

    who: str
    method: str
    path: str
    data: Data | None
    rightful: bool
    at: bool = True  # whether the document exists


def advise_wished_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of rules that are asked for in words; None where they are not surely meant."""
    wish = wish_in(brief.request)
    if wish is None or brief.documents:
        return None
    progress("writing the rules, and trying them")
    text = rules_of(wish)
    tries = tuple(_tries(wish))
    rules = read_rules(text)
    if not all(_allowed(rules, wish, each) == each.rightful for each in tries):
        return None
    conclusion = _concluded(wish, text, tries)

    def said(_kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclusion

    with Bench() as bench:
        return prove(Draft(brief=brief, question_kind=kind_of(brief, "review")), said, bench,
                     progress)  # fmt: skip


def _document(wish: Wish, who: str) -> Data:
    data: Data = {"title": "a title"}
    if wish.owner:
        data[wish.owner] = who
    if wish.initial:
        data["role"] = wish.initial
    return data


def _tries(wish: Wish) -> Iterator[_Try]:
    """What strangers, nobody, the owner and an admin try on the owner's document."""
    here = f"{wish.collection}/{_OWNER}"
    own = _document(wish, _OWNER)
    changed = {**own, "title": "another"}
    public, signed = wish.reads == "all", wish.reads in {"all", "signed-in"}
    for who, reads, writes in (
        ("", public, False), (_STRANGER, signed, False),
        (_OWNER, wish.owned or signed, wish.owned),
        *(((_CHIEF, True, True),) if wish.admins else ()),
    ):  # fmt: skip
        deletes = writes and (wish.deletes or who == _CHIEF)
        creates = who == _OWNER if wish.owned else who == _CHIEF
        yield _Try(who=who, method="get", path=here, data=None, rightful=reads)
        yield _Try(who=who, method="update", path=here, data=changed, rightful=writes)
        yield _Try(who=who, method="delete", path=here, data=None, rightful=deletes)
        yield _Try(who=who, method="create", path=here, data=own, rightful=creates, at=False)
    for field in wish.kept:
        raised = {**own, field: "admin"}
        yield _Try(who=_OWNER, method="update", path=here, data=raised, rightful=False)
        yield _Try(who=_OWNER, method="create", path=here, data=raised, rightful=False, at=False)
    if wish.owner and wish.owned:
        given = {**own, wish.owner: _STRANGER}
        yield _Try(who=_OWNER, method="update", path=here, data=given, rightful=False)
        yield _Try(who=_STRANGER, method="update", path=here, data=given, rightful=False)
    elsewhere = f"others/{_OWNER}"
    yield _Try(who=_STRANGER, method="get", path=elsewhere, data=None, rightful=False)


def _allowed(rules: Rules, wish: Wish, one: _Try) -> bool | None:
    world: dict[str, Data] = {"others/ann": {"title": "a title"}}
    if one.at:
        world[f"{wish.collection}/{_OWNER}"] = _document(wish, _OWNER)
    if wish.role:
        world[f"{wish.collection}/{_CHIEF}"] = {"role": "admin"}
    token: Data = {"sub": one.who} if one.who else {}
    if one.who == _CHIEF and not wish.role:
        token |= {"admin": True}
    asked = Request(
        method=one.method, path=one.path, now=as_timestamp("2026-01-01T00:00:00Z"),
        uid=one.who or None, token=token, data=one.data,
    )  # fmt: skip
    return decide(rules, asked, world).allowed


def _concluded(wish: Wish, text: str, tries: tuple[_Try, ...]) -> Conclusion:
    return Conclusion(
        answer=" ".join(_answer(wish, tries)),
        steps=tuple(_steps(wish)),
        artifacts=(Artifact(path=_PATH, text=text, purpose="the rules that the words ask for"),),
        not_proved=(
            Unproved(
                statement="other collections: the file refuses all of them, also to your app",
                why="the words tell of one; name the others, and who may do what there",
            ),
        ),
    )


def _answer(wish: Wish, tries: tuple[_Try, ...]) -> Iterator[str]:
    refused, allowed = sum(not t.rightful for t in tries), sum(t.rightful for t in tries)
    whose = f"whose uid stands in {wish.owner}" if wish.owner else "whose uid is its id"
    reads = {"all": "anybody reads it, without an account", "signed-in": "any signed-in user "
             "reads it"}.get(wish.reads, "only the owner" + (" and admins read" if wish.admins
                                                             else " reads") + " it")  # fmt: skip
    if not wish.owned:
        reads = reads.replace("only the owner and admins read", "only admins read")
        yield f"{_PATH} is written: only admins write {wish.collection}; {reads}."
    else:
        does = "created, changed and deleted" if wish.deletes else "created and changed"
        yield (
            f"{_PATH} is written: a document of {wish.collection} is {does} only by the user "
            f"{whose}{', changed and deleted by admins too' if wish.admins else ''}; {reads}."
        )
    if wish.owned and not wish.deletes:
        yield "Its owner does not delete it, or a fresh one would begin without what is held there."
    if wish.kept:
        yield f"No owner sets or changes {', '.join(wish.kept)}{_start(wish)}."
    yield (f"Tried: {refused} attacks, all refused; {allowed} rightful requests, all allowed.")
    if wish.admins and wish.role:
        yield (
            f"Admins are known by {wish.role} == 'admin' in their own document: one read more for "
            "each request that asks it; the first admin is set in the console."
        )
    elif wish.admins:
        yield (
            "Admins are known by the custom claim admin, which only your server sets "
            "(setCustomUserClaims); it counts from the next token on, within the hour."
        )


def _start(wish: Wish) -> str:
    return f" (a new one has role '{wish.initial}')" if wish.initial and wish.kept else ""


def _steps(wish: Wish) -> Iterator[Step]:
    yield Step(
        do=f"firebase deploy --only firestore:rules with {_PATH}; merge it with what other "
        "collections have now, since one file holds for all",
        horizon="now", undo="the ruleset before, in the console's history of rules",
        check=f"in the Rules Playground an update of somebody else's {wish.collection} document "
        "is denied",
    )  # fmt: skip
    if wish.admins and not wish.role:
        yield Step(
            do="getAuth().setCustomUserClaims(UID, { admin: true }) once, from a server or a shell",
            horizon="now", undo="setCustomUserClaims(UID, null)", check="getIdTokenResult(true)",
        )  # fmt: skip
    if wish.reads != "owner" and wish.collection in {"users", "profiles"}:
        yield Step(
            do="keep e-mail, phone and push tokens in a document of its own that only its owner "
            "reads: who may read a profile reads all of its fields",
            horizon="next", undo="", check="",
        )  # fmt: skip
