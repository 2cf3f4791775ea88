"""What is read often, by the words: the indexes are for it."""

import re

from blueproof.advisors.model import kinds
from blueproof.advisors.model.prose import things
from blueproof.advisors.model.prose.clauses import Clause
from blueproof.advisors.model.prose.naming import is_column, is_thing
from blueproof.advisors.model.prose.said import Hangs, Heard, Look

_SPEAKERS = frozenset({"i", "we", "you", "they", "it"})
_ALWAYS = frozenset("see view find search load look read show browse display sort filter".split())
_NEWEST = re.compile(r"\b(?:newest|latest|last|recent|most recent|history)\b", re.IGNORECASE)


def is_look(clause: Clause) -> bool:
    """Whether a clause tells what is read."""
    if clause.verb.text not in things.LOOKS or clause.verb.passive:
        return False
    acts = any(kinds.is_booking(p.text) for _, p in clause.after)
    if clause.verb.text == "see" and clause.subjects and acts:
        return False  # "vets see pets in appointments"
    if clause.verb.text == "open" and any(p.number == "one" and p.fixed for p in clause.objects):
        return False  # "we open a ticket" makes one
    return clause.speaker in _SPEAKERS or clause.verb.text in _ALWAYS


def look(clause: Clause, heard: Heard, sentence: str) -> None:
    """Keep what is read, of which one, by what, in which order."""
    found = [p for p in clause.objects if is_thing(p.text) and not is_column(p.text)]
    after = [(prep, p.text) for prep, p in clause.after]
    by = next((noun for prep, noun in after if prep == "by"), "")
    rows = [(prep, n) for prep, n in after if is_thing(n) and not is_column(n)]
    of = next((n for prep, n in rows if prep in {"of", "per", "for", "in", "from"}), "")
    whole = found[0].text if found else of
    if not whole:
        return
    if whole == of:
        of = ""
    newest = bool(_NEWEST.search(sentence))
    words = " ".join(sentence.split())
    heard.looks.append(Look(thing=whole, of=of, column=by, newest=newest, words=words))
    if is_column(by):
        heard.column(whole, by)
    if found and clause.verb.text == "want":
        heard.thing(whole, 1)
    if of:
        heard.hangs.append(Hangs(child=whole, parent=of, how="near"))
