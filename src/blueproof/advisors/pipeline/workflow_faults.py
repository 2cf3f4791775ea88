"""What is wrong in a workflow: what breaks a delivery, then what is unsafe, then what is slow."""

import re
from collections.abc import Iterator

from blueproof.advisors.pipeline import rolling, running
from blueproof.advisors.pipeline.fault import Edit, Fault, indent_of
from blueproof.advisors.pipeline.trust import OIDC, takes_role
from blueproof.advisors.pipeline.workflow import Job, Step, Workflow
from blueproof.facts.pinned import actions, uses

_HASH = re.compile(r"[0-9a-f]{40}")
_BRANCHES = frozenset({"master", "main", "latest", "develop", "dev"})
_NPM = re.compile(r"(?P<before>\bnpm )(?:install|i)(?P<after>\s*(?:$|&&|;|--(?!global)))")
_WRITES = re.compile(r"\bgit push\b|\bgh (?:release|pr|issue)\b|ghcr\.io|semantic-release|pages")
_INJECTED = re.compile(
    r"\$\{\{\s*github\.(?:event\.(?:issue|pull_request|comment|review|head_commit)\.[\w.]*"
    r"(?:title|body|message|ref|label|name|email)|head_ref)\s*\}\}"
)
_KEY_IN_ENV = re.compile(
    r"^\s*AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY):\s*\$\{\{\s*secrets\.", re.MULTILINE
)
_AUTO = re.compile(r"\b(?:terraform|tofu)\b[^\n]*\bapply\b[^\n]*-auto-approve\s*(?:$|\n|#|&&)")
_CACHES = {"actions/setup-node": "npm", "actions/setup-python": "pip"}
_MANAGERS = (("pnpm", "pnpm"), ("yarn", "yarn"), ("poetry", "poetry"))


def faults(workflow: Workflow, others: tuple[Workflow, ...], *, refused: bool) -> Iterator[Fault]:
    """All faults of one workflow; `others` are those beside it, which may test."""
    yield from _no_token(workflow, refused=refused)
    yield from _before_tests(workflow, others)
    yield from _overtaken(workflow)
    yield from rolling.faults(workflow)
    yield from running.faults(workflow)
    yield from _keys(workflow)
    yield from _keys_around(workflow)
    yield from _unseen(workflow)
    yield from _unpinned(workflow)
    yield from _all_allowed(workflow)
    yield from _injected(workflow)
    yield from _installs(workflow)
    yield from _uncached(workflow)


def _deploys(workflow: Workflow) -> bool:
    return any(job.deploys or takes_role(job) for job in workflow.jobs)


def _no_token(workflow: Workflow, *, refused: bool) -> Iterator[Fault]:
    """Jobs that take a role on and may not fetch the token for it."""
    top, top_line = workflow.permissions
    for job in workflow.jobs:
        held = job.permissions if job.permissions is not None else top
        if not takes_role(job) or (held and (held.get("*") or held.get("id-token"))):
            continue
        line = job.permissions_line or (top_line if top is not None else job.line)
        edits, right = _with_token(workflow, job, top_line if top is not None else 0)
        error = (
            '. That error is another one ("Unable to get ACTIONS_ID_TOKEN_REQUEST_URL" or '
            '"Credentials could not be loaded"): if AWS itself refuses, the file that ran has it'
            if refused
            else ""
        )
        yield Fault(
            rule="no-id-token", path=workflow.path, line=line, rank="breaks",
            says=f"the job {job.name} takes a role on by GitHub's token and may not fetch one: "
            f"id-token: write is missing{error}",
            right=right, edits=edits, evidence=(OIDC,),
        )  # fmt: skip


def _with_token(workflow: Workflow, job: Job, top: int) -> tuple[tuple[Edit, ...], str]:
    lines = workflow.lines
    at = job.permissions_line or top
    if at and lines[at - 1].rstrip().endswith("permissions:"):
        inner = indent_of(lines[at]) if at < len(lines) else f"{indent_of(lines[at - 1])}  "
        return (Edit(first=at + 1, last=at, lines=(f"{inner}id-token: write",)),), "id-token: write"
    if at:
        return (), "id-token: write"
    inner = indent_of(lines[job.body - 1])
    block = (f"{inner}permissions:", f"{inner}  contents: read", f"{inner}  id-token: write")
    return (Edit(first=job.body, last=job.body - 1, lines=block),), "permissions: id-token: write"


def _before_tests(workflow: Workflow, others: tuple[Workflow, ...]) -> Iterator[Fault]:
    """Deploys that do not wait for the tests."""
    testing = tuple(job for job in workflow.jobs if job.tests)
    for job in workflow.jobs:
        if not job.deploys and not takes_role(job):
            continue
        if job.tests:
            yield from _in_order(workflow, job)
        elif testing and not _waits(workflow, job, {t.name for t in testing}):
            yield _beside(workflow, job, testing[0])
        elif not testing and not job.needs and not any(j.tests for o in others for j in o.jobs):
            yield Fault(
                rule="nothing-tested", path=workflow.path, line=job.line, rank="security",
                says=f"no test runs before the job {job.name} deploys, in no file handed over",
                right="needs: test",
            )  # fmt: skip


def _waits(workflow: Workflow, job: Job, names: set[str]) -> bool:
    jobs = {each.name: each for each in workflow.jobs}
    seen: set[str] = set()
    waiting = list(job.needs)
    while waiting:
        name = waiting.pop()
        if name in names or (name in jobs and jobs[name].uses):
            return True
        if name not in seen and name in jobs:
            seen.add(name)
            waiting += jobs[name].needs
    return False


def _beside(workflow: Workflow, job: Job, test: Job) -> Fault:
    line, inner = job.line, indent_of(workflow.lines[job.body - 1])
    new = f"{inner}needs: {test.name}"
    return Fault(
        rule="deploys-beside-tests", path=workflow.path, line=line, rank="breaks",
        says=f"the job {job.name} does not wait for {test.name}: both begin at once, and a commit "
        "whose tests fail is deployed all the same",
        right=new.strip(),
        edits=(Edit(first=job.body, last=job.body - 1, lines=(new,)),) if not job.needs else (),
    )  # fmt: skip


def _in_order(workflow: Workflow, job: Job) -> Iterator[Fault]:
    deploys = next((s for s in job.steps if s.deploys), None)
    tests = next((s for s in job.steps if s.tests), None)
    if deploys and tests and deploys.first < tests.first:
        block = tuple(workflow.lines[tests.first - 1 : tests.last])
        yield Fault(
            rule="deploys-before-tests", path=workflow.path, line=deploys.first, rank="breaks",
            says=f"it deploys in line {deploys.first} and tests in line {tests.first}: a red test "
            "comes too late",
            right=block[0].strip(),
            edits=(
                Edit(first=deploys.first, last=deploys.first - 1, lines=block),
                Edit(first=tests.first, last=tests.last, lines=()),
            ),
        )  # fmt: skip


def _overtaken(workflow: Workflow) -> Iterator[Fault]:
    """Deploys of two commits that run at once."""
    jobs = next((key for name, (key, _) in workflow.top.items() if name == "jobs"), None)
    if jobs is None or not _deploys(workflow) or "concurrency:" in workflow.text:
        return
    line = int(jobs.start_mark.line) + 1
    block = ("concurrency:", "  group: deploy", "  cancel-in-progress: false", "")
    yield Fault(
        rule="no-concurrency", path=workflow.path, line=line, rank="breaks",
        says="two pushes deploy at once, and the older may end last and stay: nothing makes one "
        "wait for the other",
        right="concurrency: {group: deploy, cancel-in-progress: false}",
        edits=(Edit(first=line, last=line - 1, lines=block),),
    )  # fmt: skip


def _keys(workflow: Workflow) -> Iterator[Fault]:
    """Keys of AWS that never end, in place of a role."""
    for job in workflow.jobs:
        for step in job.steps:
            key, secret = (step.given.get(f"aws-{n}") for n in ("access-key-id",
                                                                "secret-access-key"))  # fmt: skip
            if not key or not secret:
                continue
            inner = indent_of(workflow.lines[key.line - 1])
            new = f"{inner}role-to-assume: ${{{{ vars.AWS_DEPLOY_ROLE_ARN }}}}"
            top, top_line = workflow.permissions
            held = job.permissions if job.permissions is not None else top
            token, _ = ((), "") if held and held.get("id-token") else _with_token(
                workflow, job, top_line if top is not None else 0)  # fmt: skip
            yield Fault(
                rule="keys-that-last", path=workflow.path, line=key.line, rank="security",
                says="a key of AWS that never ends lies in the repository's secrets, and every "
                "workflow can read it: take a role on for the run instead, then delete the key",
                right=new.strip(),
                edits=(
                    Edit(first=key.line, last=key.line, lines=(new,)),
                    Edit(first=secret.line, last=secret.line, lines=()),
                    *token,
                ),
                evidence=(OIDC,),
            )  # fmt: skip


def _keys_around(workflow: Workflow) -> Iterator[Fault]:
    """Keys of AWS that a whole job finds in its environment."""
    found = next(
        (n for n, line in enumerate(workflow.lines, start=1) if _KEY_IN_ENV.search(line)), 0
    )
    if found:
        yield Fault(
            rule="keys-that-last", path=workflow.path, line=found, rank="security",
            says="a key of AWS that never ends lies in the environment, where every step and every "
            "action of the job can read it: take a role on for the run instead, then delete the "
            "key",
            right="permissions: {id-token: write}, and aws-actions/configure-aws-credentials with "
            "role-to-assume",
            evidence=(OIDC,),
        )  # fmt: skip


def _unseen(workflow: Workflow) -> Iterator[Fault]:
    """Terraform that applies a plan of its own, and on pull requests too."""
    for job in workflow.jobs:
        for step in job.steps:
            said = _AUTO.search(step.run.text) if step.run else None
            if not step.run or not said:
                continue
            line = next(n for n in range(step.run.line, len(workflow.lines) + 1)
                        if "auto-approve" in workflow.lines[n - 1])  # fmt: skip
            reviewed = {"pull_request", "pull_request_target"} & {*workflow.events}
            guarded = "if:" in "\n".join(workflow.lines[job.line - 1 : line])
            also = (
                " It runs on pull requests as well, so what nobody has reviewed is applied."
                if reviewed and not guarded
                else ""
            )
            yield Fault(
                rule="unseen-plan", path=workflow.path, line=line, rank="breaks",
                says=f"the job {job.name} makes a plan of its own and applies it without asking: "
                f"what was read before is another one.{also}",
                right="plan -out=tfplan in one job, an environment with reviewers, then apply "
                "tfplan; on pull requests plan only",
            )  # fmt: skip
            return


def _unpinned(workflow: Workflow) -> Iterator[Fault]:
    """Actions by a name that their makers can move to other code."""
    loose = [s for job in workflow.jobs for s in job.steps if s.uses and _is_loose(s)]
    for step in loose:
        assert step.uses is not None
        name, _, ref = step.uses.text.partition("@")
        known = actions().get(name)
        line = workflow.lines[step.uses.line - 1]
        new = f"{line[: line.index(name)]}{uses(name)} # {known.tag}" if known else ""
        branch = ref in _BRANCHES
        yield Fault(
            rule="action-by-branch" if branch else "action-by-tag",
            path=workflow.path, line=step.uses.line, rank="security",
            says=f"{step.uses.text} is "
            + ("whatever its branch holds today" if branch else "a tag that can be moved to other "
               "code")
            + ", with your token in reach: name the commit"
            + (f"; {known.tag} is the release looked up, read what changed since {ref}"
               if known and known.tag.split(".")[0] != ref.split(".")[0] else ""),
            right=new.strip().removeprefix("- "),
            edits=(_pinned(workflow, step, new),) if new else (),
        )  # fmt: skip


def _pinned(workflow: Workflow, step: Step, new: str) -> Edit:
    """The line by its commit; a checkout leaves no token on the disk, unless the job pushes."""
    assert step.uses is not None
    line = step.uses.line
    lines = [new]
    if step.action == "actions/checkout" and not step.given and not _WRITES.search(workflow.text):
        inner = " " * new.index("uses:")
        lines += [f"{inner}with:", f"{inner}  persist-credentials: false"]
    return Edit(first=line, last=line, lines=tuple(lines))


def _is_loose(step: Step) -> bool:
    said = step.uses.text if step.uses else ""
    ref = said.partition("@")[2]
    return "/" in said and not said.startswith((".", "docker:")) and not _HASH.fullmatch(ref)


def _all_allowed(workflow: Workflow) -> Iterator[Fault]:
    """A token that may do what the repository's default lets it."""
    top, _ = workflow.permissions
    if top is not None or all(job.permissions is not None for job in workflow.jobs):
        return
    if _WRITES.search(workflow.text):
        return
    jobs = next(key for name, (key, _) in workflow.top.items() if name == "jobs")
    line = int(jobs.start_mark.line) + 1
    yield Fault(
        rule="no-permissions", path=workflow.path, line=line, rank="security",
        says="nothing limits what the token may do: in older repositories it may write code",
        right="permissions: {contents: read}",
        edits=(Edit(first=line, last=line - 1, lines=("permissions:", "  contents: read", "")),),
    )  # fmt: skip


def _injected(workflow: Workflow) -> Iterator[Fault]:
    for number, line in enumerate(workflow.lines, start=1):
        if _INJECTED.search(line) and "run:" in "".join(
            workflow.lines[max(0, number - 8) : number]
        ):
            yield Fault(
                rule="pasted-into-script", path=workflow.path, line=number, rank="security",
                says="what a stranger writes into a title or a branch's name is run as a script: "
                "give it by env and name the variable",
                right='env: {TITLE: ${{ ... }}}, and "$TITLE" in the script',
            )  # fmt: skip
    if "pull_request_target" in workflow.events:
        yield Fault(
            rule="pull-request-target", path=workflow.path, line=1, rank="security",
            says="pull_request_target runs with the repository's secrets"
            + (" and this checks out what a fork sends: anybody's code runs with them"
               if "pull_request.head" in workflow.text else " on what a fork sends"),
            right="on: pull_request",
        )  # fmt: skip


def _installs(workflow: Workflow) -> Iterator[Fault]:
    """Npm install, which takes other versions than were tested."""
    for number, line in enumerate(workflow.lines, start=1):
        found = _NPM.search(line)
        if found and "#" not in line[: found.start()]:
            new = _NPM.sub(lambda m: f"{m['before']}ci{m['after']}", line)
            yield Fault(
                rule="npm-install", path=workflow.path, line=number, rank="speed",
                says="npm install may take newer versions than package-lock.json says, and is "
                "slower: npm ci installs exactly those",
                right=new.strip().removeprefix("- "),
                edits=(Edit(first=number, last=number, lines=(new,)),),
            )  # fmt: skip


def _uncached(workflow: Workflow) -> Iterator[Fault]:
    """A language that is set up without the cache of its packages."""
    for job in workflow.jobs:
        for step in job.steps:
            kind = _CACHES.get(step.action, "")
            if not kind or "cache" in step.given or not step.given:
                continue
            runs = " ".join(s.run.text for s in job.steps if s.run)
            kind = next((name for word, name in _MANAGERS if f"{word} " in runs), kind)
            first = min(said.line for said in step.given.values())
            new = f"{indent_of(workflow.lines[first - 1])}cache: {kind}"
            yield Fault(
                rule="no-package-cache", path=workflow.path, line=step.first, rank="speed",
                says="each run downloads all packages anew",
                right=new.strip(), edits=(Edit(first=first, last=first - 1, lines=(new,)),),
            )  # fmt: skip
