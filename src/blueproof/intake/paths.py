"""Files and folders that a request is about, read into its brief."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from blueproof.core.brief import Assumption, Brief, Fact
from blueproof.core.errors import InputError
from blueproof.intake.bill.facts import SUFFIXES, bill_of
from blueproof.intake.code_files import is_code, with_code, with_code_below
from blueproof.intake.database import as_documents
from blueproof.intake.files import gather, holds_sql, read_bytes, shown
from blueproof.intake.notes import is_note, is_text, with_note
from blueproof.intake.plans import plan_in, with_plan
from blueproof.intake.rules_files import is_rules, with_rules, with_rules_below
from blueproof.intake.told_rows import with_told_rows
from blueproof.sql.wished import wishes_rows

_SLOW, _COST = "db-performance", "cost"
_NO_TEXT = "it is no text: paste what it shows; the words alone are answered"
_MANY = 20  # folders above a file, in which its place in a project shows
_READ = (
    "what is read: folders, .sql files, plans that EXPLAIN printed, bills as .csv or .json, source "
    "files (.ts, .js, .py ...), logs, notes and JSON lines as any text, and a project's own files "
    "by name (Dockerfile, a workflow, docker-compose.yml, package.json, requirements.txt, "
    ".env.example, *.tf, *.rules, nginx.conf ...)"
)


def with_paths(brief: Brief, paths: tuple[Path, ...]) -> Brief:
    """The brief with what the paths tell: folders as projects, SQL, plans, bills, other files."""
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there: name a file or folder, or quote the request")
    rules = tuple(p for p in paths if p.is_file() and is_rules(p))
    for path in rules:
        brief = with_rules(brief, path)
    brief, notes = _with_notes(brief, paths)
    paths = tuple(p for p in paths if p not in {*rules, *notes})
    brief, code = _with_sources(brief, paths)
    alone = tuple((p, found) for p in paths if p.is_file() and (found := _alone(p)))
    brief = _with_alone(brief, alone)
    named = {*code, *(path for path, _ in alone)}
    paths = tuple(p for p in paths if p not in named)
    plans = {p: text for p in paths if p.is_file() and (text := plan_in(p))}
    for path, text in plans.items():
        brief = with_plan(brief, text, shown(path))
    brief, other = _with_others(brief, tuple(p for p in paths if p.is_file() and p not in plans))
    paths = tuple(p for p in paths if p not in {*plans, *other})
    bills = tuple(f for f in paths if f.is_file() and f.suffix.lower() in SUFFIXES)
    for file in bills:
        brief = _with_bill(brief, file)
    sql = (f for f in paths if f.is_file() and f not in bills)
    pieces = tuple(p for f in sql for p in gather(f, option=str(f)))
    if pieces:
        brief = with_told_rows(replace(brief, documents=(*brief.documents, *as_documents(pieces))))
    for folder in (p for p in paths if p.is_dir()):
        brief = with_rules_below(_with_sql(with_folder(brief, folder), folder), folder)
        brief = with_code_below(brief, folder)
    return brief


def _with_others(brief: Brief, paths: tuple[Path, ...]) -> tuple[Brief, tuple[Path, ...]]:
    """The brief with files of no known kind, and which those are: text is read, others are named.

    The words are answered beside a picture that nobody reads; InputError where they say nothing
    without it.
    """
    other = tuple(p for p in paths if p.suffix.lower() not in {".sql", *SUFFIXES})
    unread = tuple(p for p in other if not is_text(p))
    for path in (p for p in other if p not in unread):
        brief = with_note(brief, path)
    if unread and not any(_tells(fact) for fact in brief.facts):
        raise InputError(f"{unread[0]}: nothing reads such a file; {_READ}")
    named = tuple(Assumption(key=p.name, value="not read", why=_NO_TEXT) for p in unread)
    return replace(brief, assumptions=(*brief.assumptions, *named)), other


def _tells(fact: Fact) -> bool:
    """Whether a fact of the words says what the request is about, without the file."""
    return fact.key in {"technology", "feature", "pain"} or fact.key.startswith("scale.")


def _with_bill(brief: Brief, file: Path) -> Brief:
    """The brief with the lines of a bill; what is none is read as text, unless a bill is asked for.

    InputError says then why it is no bill.
    """
    try:
        return replace(brief, facts=(*brief.facts, *bill_of(file)))
    except InputError:
        about_money = any(f.key == "problem" and f.value == _COST for f in brief.facts)
        if about_money or not any(map(_tells, brief.facts)) or not is_text(file):
            raise
        return with_note(brief, file)


def _with_notes(brief: Brief, paths: tuple[Path, ...]) -> tuple[Brief, tuple[Path, ...]]:
    """The brief with the logs and notes among the paths, and which those are; a plan is none."""
    notes = tuple(p for p in paths if p.is_file() and is_note(p) and not plan_in(p))
    notes = tuple(p for p in notes if not _alone(p))
    for path in notes:
        brief = with_note(brief, path)
    return brief, notes


def _with_sources(brief: Brief, paths: tuple[Path, ...]) -> tuple[Brief, tuple[Path, ...]]:
    """The brief with the source files among the paths, and which those are."""
    code = tuple(p for p in paths if p.is_file() and is_code(p))
    for path in code:
        brief = with_code(brief, path)
    return brief, code


def _alone(file: Path) -> str:
    """The place that a file handed over by itself has in a project; "" if it is none's by name.

    A workflow is one wherever it was saved, and a trust policy has no name of its own.
    """
    from blueproof.intake.delivery import WORKFLOWS, is_template, is_trust, is_workflow
    from blueproof.intake.folder.read import is_read

    suffix = file.suffix.lower()
    if suffix == ".sql":
        return ""
    parts = file.absolute().parts
    if ".github" in parts[-_MANY:] and suffix in {".yml", ".yaml"}:
        return "/".join(parts[parts.index(".github") :])
    if is_read(file.name):
        return file.name
    text = _text(file) if suffix in {".yml", ".yaml", ".json"} else ""
    if is_template(text) or (suffix == ".json" and is_trust(text)):
        return file.name
    if suffix != ".json" and "gitlab" in file.name.lower():
        return ".gitlab-ci.yml"
    return f"{WORKFLOWS}/{file.name}" if suffix != ".json" and is_workflow(text) else ""


def _text(file: Path) -> str:
    from blueproof.intake.folder.walk import read_text

    try:
        return read_text(file.parent, file.name)
    except (OSError, ValueError):
        return ""


def _with_alone(brief: Brief, files: tuple[tuple[Path, str], ...]) -> Brief:
    """The brief with files that were handed over one by one: read as if a folder held just them."""
    if not files:
        return brief
    with TemporaryDirectory(prefix="blueproof-") as made:
        root = Path(made)
        for file, place in files:
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_bytes(read_bytes(file, option=str(file)))
        return with_folder(brief, root)


def _with_sql(brief: Brief, folder: Path) -> Brief:
    """The brief with a folder's schema and queries, where it is about slow ones and both are there.

    Where a query is to be written, the schema is enough.
    In any other folder the SQL is one part of a project that is asked about as a whole.
    """
    slow = any(f.key == "problem" and f.value == _SLOW for f in brief.facts)
    wished = not slow and wishes_rows(brief.request)
    if not (slow or wished) or not holds_sql(folder):
        return brief
    documents = (*brief.documents, *as_documents(gather(folder, option=str(folder))))
    needed = {"schema"} if wished else {"schema", "queries"}
    if not needed <= {document.role for document in documents}:
        return brief
    return with_told_rows(replace(brief, documents=documents))


def with_folder(brief: Brief, path: Path) -> Brief:
    """The brief with the facts of a project's files, which take the place of the same in words.

    That it is an option, or was ruled out, stays: a file knows only what is in use.
    """
    from blueproof.intake.delivery import delivery_of
    from blueproof.intake.folder.read import read_folder

    folder = read_folder(path)
    known = {(f.key, f.value) for f in folder.facts}
    kept = tuple(
        f for f in brief.facts if (f.key, f.value) not in known or f.role not in {"", "current"}
    )
    return replace(
        brief,
        facts=(*kept, *folder.facts),
        documents=(*brief.documents, *delivery_of(path, folder.files)),
        diagrams=(*brief.diagrams, *((folder.diagram,) if folder.diagram else ())),
        not_understood=(*brief.not_understood, *folder.not_read),
    )
