"""The consultation on source files: the words are answered, and the cause that the code shows."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.code.subject import source_of
from blueproof.advisors.code.telling import Told, told
from blueproof.advisors.deploy.owning import deploys
from blueproof.advisors.known.advise import is_answered, is_likely
from blueproof.advisors.premises.judge import judge
from blueproof.consulting.convex_code import with_access
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Unproved
from blueproof.core.brief import Brief, Document
from blueproof.core.errors import EngineError
from blueproof.intake.code_files import is_of_folder, is_script, pasted_code, without_code
from blueproof.intake.words.read import read_request
from blueproof.proof.bench import Bench
from blueproof.proof.beside import Cited, of_whole, with_cited
from blueproof.proof.prove import prove

_MOST = 2  # files that are named as not read
_MENDED = "mended/"
_COMPILED = (
    "TypeScript holds nothing against it that it does not hold against your file, with what is not "
    "here of its imports taken as any; it was not run"
)
_TROUBLES = frozenset({
    *("troubleshoot", "cost", "db-performance", "connections", "realtime", "security"),
    *("webhooks", "auth"),
})  # fmt: skip


def code_of(brief: Brief) -> Brief:
    """The brief with the code of its words as files, and without what was read from it as words."""
    pasted = pasted_code(brief.request)
    if not pasted:
        return brief
    return replace(brief, documents=(*brief.documents, *pasted))


def advise_code(
    brief: Brief, progress: Callable[[str], None], otherwise: Callable[[Brief], Blueprint]
) -> Blueprint | None:
    """The blueprint of a request with source files; None without any, or with nothing to say.

    `otherwise` answers the words alone.
    """
    files = tuple(d for d in code_of(brief).documents if d.role == "code")
    whole = bool(files) and all(map(is_of_folder, files))
    if not files or (whole and not _is_troubled(brief)):
        return None
    progress("reading the code")
    words = without_code(brief.request) or brief.request
    said = _compiled(_read(files, words, whole=whole), files)
    if not whole:
        said = with_access(said, files, words)
    alone = _alone(brief, words)
    if said.leads:
        return _first(brief, said, alone, otherwise, progress)
    weak = bool(said.findings) and is_likely(alone)
    if not said.sentences or whole or weak or is_answered(alone):
        return with_cited(of_whole(otherwise(alone), brief), (_cited(said),))
    return _first(brief, said, alone, None, progress)


def with_code_beside(brief: Brief, blueprint: Blueprint) -> Blueprint:
    """The blueprint of tables or plans, with what source files beside them show."""
    files = tuple(d for d in brief.documents if d.role == "code" and not is_of_folder(d))
    if not files:
        return blueprint
    return with_cited(blueprint, (_cited(_read(files, brief.request, whole=False)),))


def _read(files: tuple[Document, ...], words: str, *, whole: bool) -> Told:
    """What the files show, and which are of a language that is not parsed."""
    sources = tuple(s for d in files if (s := source_of(d.place(1)[0], d.text, words)))
    said = told(sources, whole=whole)
    read = {source.path for source in sources}
    unread = tuple(path for d in files if (path := d.place(1)[0]) not in read)
    said = replace(said, not_proved=(*said.not_proved, *map(_unread, unread[:_MOST])))
    return said if sources else replace(said, sentences=())


def _is_troubled(brief: Brief) -> bool:
    """Whether something goes wrong with what is in a folder, or all of it is to be judged."""
    told_of = {str(f.value) for f in brief.facts if f.key == "problem"}
    kind = {str(f.value) for f in brief.facts if f.key == "kind"}
    return bool(told_of & _TROUBLES or kind & {"why", "review"}) and not deploys(brief)


def _alone(brief: Brief, words: str) -> Brief:
    """The brief of the words without the code."""
    kept = tuple(d for d in brief.documents if d.role != "code")
    if words == brief.request:
        return replace(brief, documents=kept)
    read = read_request(words)
    stated = tuple(f for f in brief.facts if f.source in {"file", "stated"} and not f.quote)
    return replace(read, facts=(*read.facts, *stated), documents=kept)


def _first(
    brief: Brief,
    said: Told,
    alone: Brief,
    otherwise: Callable[[Brief], Blueprint] | None,
    progress: Callable[[str], None],
) -> Blueprint:
    """The blueprint that says first what the code shows, then what is surely known beside."""
    from blueproof.consulting.kinds import kind_of

    conclusion = Conclusion(
        answer=" ".join(said.sentences),
        findings=said.findings,
        steps=said.steps,
        artifacts=said.artifacts,
        not_proved=said.not_proved,
    )
    draft = Draft(brief=brief, question_kind=kind_of(brief, "review"), premises=judge(alone))
    with Bench() as bench:
        found = prove(draft, lambda _kept, _proofs: conclusion, bench, progress)
    if otherwise is None or not is_answered(alone):
        return found
    more = otherwise(alone)
    cited = Cited(sentences=(f"Beside the code: {more.answer}",), findings=more.findings)
    return with_cited(found, (cited,))


def _cited(said: Told) -> Cited:
    return Cited(
        sentences=said.sentences,
        findings=said.findings,
        steps=said.steps,
        not_proved=said.not_proved,
    )


def _compiled(said: Told, files: tuple[Document, ...]) -> Told:
    """What is said, with the mended files compiled where a compiler is here.

    One that has a complaint which the person's own had not is not handed over.
    """
    from blueproof.engines.typescript.mended import compiler, held_against

    made = {a.path.removeprefix(_MENDED): a for a in said.artifacts if is_script(a.path)}
    by_path = {name: d.text for d in files for name in made if d.place(1)[0].endswith(name)}
    if not made or not compiler():
        return said
    try:
        held = held_against(by_path, {name: made[name].text for name in by_path})
    except EngineError:
        return said
    wrong = {c.path.partition("/")[2]: c for c in held}
    kept = tuple(a for a in said.artifacts if a.path.removeprefix(_MENDED) not in wrong)
    rest = (u for u in said.not_proved if not any(u.statement.endswith(f"/{n}") for n in by_path))
    left = (
        *(Unproved(statement=f"{_MENDED}{n}", why=f"left out, since it does not compile: {c}")
          for n, c in wrong.items()),
        *(Unproved(statement=f"the behaviour of {_MENDED}{n}", why=_COMPILED)
          for n in by_path if n not in wrong),
    )  # fmt: skip
    if not kept:
        sentences = tuple(s for s in said.sentences if _MENDED not in s)
        return replace(said, artifacts=(), sentences=sentences, not_proved=(*left, *rest))
    return replace(said, artifacts=kept, not_proved=(*left, *rest))


def _unread(path: str) -> Unproved:
    return Unproved(
        statement=f"what {path} does",
        why="JavaScript, TypeScript and Python are parsed; of other languages the words alone are "
        "answered",
    )
