"""A lifecycle file that is handed over is started with Node; each thing that it does is missed."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest

from blueproof.engines.node import installed, rehearsal
from blueproof.engines.node.dependency import Dependency
from blueproof.engines.node.installed import Node, nodes, suitable
from blueproof.engines.node.laid import laid
from blueproof.engines.node.logs import faults
from blueproof.engines.node.rehearsal import Rehearsed, missing, rehearse

FOLDER = resources.files("blueproof.cloud.code")
JAVASCRIPT, TYPESCRIPT = "app/lifecycle.mjs", "src/lifecycle.ts"
HELD = {"ready_before": 200, "ready_while_down": 503, "live_while_down": 200, "ready_after": 200}

needs_node = pytest.mark.skipif(not suitable(JAVASCRIPT), reason="no Node 18.2 or later is here")
needs_types = pytest.mark.skipif(
    not suitable(TYPESCRIPT), reason=f"no {installed.wanted(TYPESCRIPT)} is here"
)


def text(path: str) -> str:
    return (FOLDER / Path(path).name).read_text(encoding="utf-8")


def handed_over(path: str = JAVASCRIPT) -> dict[str, str]:
    return {"README.md": "# something else", path: text(path)}


def edited(*edits: tuple[str, str]) -> dict[str, str]:
    """The real file with each first text replaced by the second; every edit must change it."""
    changed = text(JAVASCRIPT)
    for old, new in edits:
        assert changed.count(old) == 1, f"{changed.count(old)} places say {old!r}"
        changed = changed.replace(old, new)
    return {JAVASCRIPT: changed}


def seen(files: dict[str, str]) -> Rehearsed:
    found = rehearse(files)
    assert found is not None
    return found


def assert_held(found: Rehearsed) -> None:
    assert found.refused == ()
    assert found.sent >= 10
    assert (found.answered, found.exit_code) == (found.sent, 0)
    assert {name: getattr(found, name) for name in HELD} == HELD
    assert found.seconds < 8


@needs_node
def test_a_request_in_flight_is_answered_and_an_outage_turns_readiness_only() -> None:
    began = time.monotonic()
    assert_held(seen(handed_over()))
    assert time.monotonic() - began < 12


@pytest.mark.slow
@pytest.mark.parametrize("node", nodes(), ids=str)
def test_every_node_that_is_here_rehearses_the_same(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "nodes", lambda: (node,))
    assert_held(seen(handed_over()))


@needs_types
def test_the_file_in_typescript_behaves_as_the_one_in_javascript() -> None:
    assert_held(seen(handed_over(TYPESCRIPT)))


@needs_types
def test_the_two_files_are_the_same_code() -> None:
    node = suitable(TYPESCRIPT)
    assert node is not None
    script = (
        "const { stripTypeScriptTypes } = require('node:module');"
        "process.stdout.write(stripTypeScriptTypes(require('node:fs').readFileSync(0, 'utf8')));"
    )
    bare = subprocess.run(
        [node.path, "--no-warnings", "-e", script],
        input=text(TYPESCRIPT), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    # How one imports them differs, and white space stands where the types were.
    bare = bare.replace("from './lifecycle.js'", "from './lifecycle.mjs'")
    assert "".join(bare.split()) == "".join(text(JAVASCRIPT).split())


SIGTERM = "process.on('SIGTERM', () => void stop('SIGTERM', drainSeconds));"
LIVE = "['/livez', async () => true],"
READY = "['/readyz', async () => (await readiness.now()) && !draining],"
START = "['/startz', async () => (await readiness.once()) && !draining],"
SWEEP = "const sweep = setInterval(closeIdle, SWEEP_MS);"
BROKEN = {
    "the handler of SIGTERM is gone": ([(SIGTERM, "")], "does not handle SIGTERM"),
    "it exits at once": (
        [(SIGTERM, "process.on('SIGTERM', () => process.exit(0));")],
        "14 of 14 requests in flight at SIGTERM were lost",
    ),
    "it never exits": (
        [(SIGTERM, "process.on('SIGTERM', () => {});")],
        "The process still ran",
    ),
    "liveness asks the database": (
        [(LIVE, "['/livez', async () => readiness.now()],")],
        "Liveness says 503 while the database is down",
    ),
    "liveness waits for a silent database": (
        [(LIVE, "['/livez', async () => (await readiness.now()) || true],")],
        "Liveness says 0 while the database is silent",
    ),
    "readiness is always 200": (
        [(READY, "['/readyz', async () => true],")],
        "Readiness says 200 while the database is down",
    ),
    "readiness remembers a failure for ever": (
        [("freshUntil = performance.now() + READY_MEMORY_MS;", "")],
        "while the database is down",
    ),
    "readiness waits for ever": (
        [("await within(READY_BOUND_MS, 'ready()', ready);", "await ready();")],
        "Readiness gives no answer for",
    ),
    "readiness forgets that it drains": (
        [(READY, "['/readyz', async () => readiness.now()],")],
        "Readiness says 200 while the process drains",
    ),
    "the target group's probe follows every outage": (
        [(START, "['/startz', async () => (await readiness.now()) && !draining],")],
        "ECS would replace every task",
    ),
    "the target group's probe is always 200": (
        [(START, "['/startz', async () => !draining],")],
        "/startz says 200 before the database ever answered",
    ),
    "connections without a request hold the exit": ([(SWEEP, "let sweep;")], "held up the exit"),
    "it exits 1": (
        [("process.exit(exitCode);", "process.exit(1);")],
        "The process exits 1 after SIGTERM, not 0",
    ),
    "it waits for no request": (
        [("await Promise.race([closed, sleep(graceMs)]);", "true;")],
        "requests in flight at SIGTERM were lost",
    ),
    "it does not drain": (
        [("await sleep(seconds * 1_000);", "")],
        "A request that came while the process drained was lost",
    ),
    "idle connections live for 5 s": (
        [("server.keepAliveTimeout = keepAliveSeconds * 1_000;", "")],
        "An idle connection lives for 5 s only",
    ),
    "clients are not told": (
        [("traffic.announceClose();", "")],
        "do not tell clients to leave",
    ),
    "the whole address is logged": (
        [("const path = pathOf(request);", "const path = request.url;")],
        "A token of a request is in the log",
    ),
    "headers are logged": (
        [("milliseconds, requestId };", "milliseconds, requestId, sent: request.headers };")],
        "A token of a request is in the log",
    ),
    "the log is prose": (
        [("`${JSON.stringify(line)}\\n`", "`${line.time} ${message}\\n`")],
        "A log line is no JSON event",
    ),
    "log lines have no level": (
        [("{ time: new Date().toISOString(), level, message,", "{ time: new Date(), message,")],
        "A log line is no JSON event",
    ),
    "nothing is logged": (
        [("process.stdout.write(`${JSON.stringify(line)}\\n`);", "")],
        "Nothing is logged",
    ),
    "the last line is missing": (
        [("log('info', 'stopped', { cause, exitCode });", "")],
        "does not say that the process stopped",
    ),
    "it cannot be read": (
        [("export function withLifecycle(", "export function withLifecycle((")],
        "The service does not start: SyntaxError",
    ),
    "it exports nothing": (
        [("export function withLifecycle(", "function withLifecycle(")],
        "The service does not start: TypeError: withLifecycle is not a function",
    ),
}


@needs_node
@pytest.mark.nightly
def test_a_file_that_lacks_one_thing_is_refused_for_it() -> None:
    """In one test, side by side: each of them mostly waits."""
    files = [edited(*edits) for edits, _ in BROKEN.values()]
    with ThreadPoolExecutor(3) as pool:
        refused = [found.refused for found in pool.map(seen, files)]
    unnoticed = {
        name: said
        for (name, (_, sentence)), said in zip(BROKEN.items(), refused, strict=True)
        if not any(sentence in one for one in said)
    }
    assert unnoticed == {}


@needs_node
def test_nothing_of_ours_is_handed_to_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setenv("NODE_OPTIONS", "--no-such-option")
    line = "throw new RangeError(Object.keys(process.env).sort().join());"
    found = seen(edited(("const readiness = watch", f"{line}\n  const readiness = watch")))
    (said,) = found.refused
    assert "DEPENDENCY_PORT,DRAIN_SECONDS,GRACE_SECONDS,HOME,LIFECYCLE,PATH,PORT,TMPDIR" in said


@needs_node
def test_a_service_ends_with_its_children_whatever_happens(tmp_path: Path) -> None:
    told = tmp_path / "processes"
    spawned = (
        "import { spawn } from 'node:child_process';\nimport { writeFileSync } from 'node:fs';\n"
        "const child = spawn('sleep', ['60']);\n"
        f"writeFileSync('{told}', `${{process.pid}} ${{child.pid}}`);\n"
    )
    files = edited(("import { randomUUID }", f"{spawned}import {{ randomUUID }}"))
    node = suitable(JAVASCRIPT)
    assert node is not None
    with laid(node, JAVASCRIPT, files[JAVASCRIPT]) as service, Dependency() as database:
        running = service.running(database)
        running.__enter__().port()
        running.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert [number for number in told.read_text().split() if alive(int(number))] == []


def alive(process: int) -> bool:
    """Whether it runs: one that nobody has waited for yet is dead all the same."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def script(folder: Path, said: str) -> str:
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {said}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("said", "able"),
    [
        ("v16.20.2", ""),
        ("v20.20.2", "js"),
        ("v22.6.0", "js ts --experimental-strip-types"),
        ("v22.18.0", "js ts"),
        ("v23.5.0", "js ts --experimental-strip-types"),
        ("v24.19.0", "js ts"),
        ("v25.0.0-nightly", "js ts"),
        ("command-not-found", ""),
    ],
)
def test_a_node_is_used_for_what_its_version_can(
    said: str, able: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = installed.known(script(tmp_path, said))
    found = () if only is None else (only,)
    monkeypatch.setattr(installed, "nodes", lambda: found)
    monkeypatch.setattr(rehearsal, "nodes", lambda: found)
    can = ("js" if suitable(JAVASCRIPT) else "", "ts" if suitable(TYPESCRIPT) else "")
    options = only.options if only else ()
    assert " ".join(filter(None, (*can, *options))) == able
    here = f"(here: {only or 'none'})"
    assert missing(handed_over()) == ("" if can[0] else f"Node 18.2 or later {here}")
    lacking = f"Node 22.6 or later, for TypeScript {here}"
    assert missing(handed_over(TYPESCRIPT)) == ("" if can[1] else lacking)
    assert can[0] or rehearse(handed_over()) is None


def test_files_without_a_lifecycle_are_unchecked() -> None:
    assert rehearse({"app/entrypoint.mjs": ""}) is None
    assert missing({"app/entrypoint.mjs": ""}) == "a lifecycle file"


@pytest.mark.parametrize(
    "line",
    [
        '{"time": "2026-01-31", "level": "info", "message": "no time of day, no zone"}',
        '{"time": "2026-01-31T10:00:00Z", "level": "info"}',
        '{"time": "2026-01-31T10:00:00Z", "level": 30, "message": "as pino writes it"}',
        '["2026-01-31T10:00:00Z", "info", "started"]',
        "started",
    ],
)
def test_a_line_that_is_no_event_is_named(line: str) -> None:
    good = '{"time": "2026-01-31T10:00:00.123Z", "level": "info", "message": "started"}'
    assert list(faults(good, "x-token")) == []
    (said,) = faults(f"{good}\n{line}\n", "x-token")
    assert line[:20] in said
