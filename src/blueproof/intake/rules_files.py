"""Security rules of Firebase among the files that a person hands over."""

import re
from dataclasses import replace
from pathlib import Path

from blueproof.core.brief import Brief, Document
from blueproof.intake.files import read_sql, shown
from blueproof.intake.folder.walk import walk
from blueproof.sql.secrets import masked_words

_SUFFIX, _OF_DATABASE = ".rules", ".rules.json"
_MOST = 3  # files of a folder: Firestore's, Storage's, the Realtime Database's
# A word for which the rules of a folder are looked at, which is about more than them.
_ABOUT = re.compile(
    r"\b(?:rules?|secur\w+|safe|insecure|holes?|leaks?|permission[- ]denied|authori[sz]\w+)\b",
    re.IGNORECASE,
)


def is_rules(path: Path) -> bool:
    """Whether the name is that of a file of rules."""
    return path.suffix.lower() == _SUFFIX or path.name.lower().endswith(_OF_DATABASE)


def with_rules(brief: Brief, path: Path) -> Brief:
    """The brief with a file of rules; InputError where it is no text."""
    return with_rules_text(brief, read_sql(path, option=str(path)), shown(path))


def with_rules_text(brief: Brief, text: str, path: str) -> Brief:
    """The brief with the text of a file of rules, its secrets masked."""
    rules = Document(role="rules", text=masked_words(text), parts=((path, 1),))
    return replace(brief, documents=(*brief.documents, rules))


def with_rules_below(brief: Brief, folder: Path) -> Brief:
    """The brief with the rules of a folder, where the words are about them or about security."""
    if _ABOUT.search(brief.request):
        for name in [n for n in walk(folder).files if is_rules(Path(n))][:_MOST]:
            brief = with_rules(brief, folder / name)
    return brief
