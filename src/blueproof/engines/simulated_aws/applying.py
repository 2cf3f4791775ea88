"""Generated infrastructure applied for real, on a simulated AWS, as its own guide says.

The stacks are made in the guide's order by the guide's own commands; without a guide, the stack
that needs no remote state comes first. Then every role is taken on, and tried. Nothing is taken
down again: the simulated account ends with its process.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from blueproof.cloud.reading import folders, read_stack
from blueproof.cloud.stack import Stack
from blueproof.core.errors import InputError
from blueproof.engines.simulated_aws import serving, terraforming
from blueproof.engines.simulated_aws.covering import covered
from blueproof.engines.simulated_aws.guide import Guided, rehearse
from blueproof.engines.simulated_aws.judging import Asked
from blueproof.engines.simulated_aws.made import read_states
from blueproof.engines.simulated_aws.probes import Probe
from blueproof.engines.simulated_aws.probing import try_roles
from blueproof.engines.simulated_aws.replaying import Replay
from blueproof.engines.simulated_aws.serving import SimulatedAws
from blueproof.engines.simulated_aws.terraforming import Ran, Terraform
from blueproof.engines.simulated_aws.unguided import apply_all

_GUIDE = "GUIDE.md"
_REPOSITORY = "acme/api"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What came of it: resources made of those planned, what went wrong, and the probes of IAM.

    `replayed` counts the guide's commands that were carried out; the others are named.
    """

    made: int
    expected: int
    failures: tuple[str, ...]
    probes: tuple[Probe, ...]
    replayed: int
    not_replayed: tuple[str, ...]
    seconds: float


def missing() -> str:
    """Why nothing can be applied here, and how to change that; "" if it can."""
    packages, terraform = serving.missing(), terraforming.missing()
    if packages:
        return f"the simulated AWS needs {packages}: pip install 'blueproof[prove]'"
    return f"{terraform} is missing" if terraform else ""


def apply_files(
    files: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> Applied | None:
    """What comes of applying files; None where `missing()` says why not.

    `values` are inputs by stack folder, for what the guide takes from elsewhere or leaves out.
    """
    if missing():
        return None
    begun = time.monotonic()
    try:
        order = _order(files, values)
        found = _refused(order)
    except InputError as error:
        found = _nothing((str(error),))
    else:
        found = found or _carried_out(order)
    return replace(found, seconds=time.monotonic() - begun)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What is to be applied, and by which words."""

    files: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    stacks: tuple[Stack, ...]
    guide: str


def _order(files: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> _Order:
    return _Order(
        files=files,
        values=values,
        stacks=tuple(read_stack(files, folder) for folder in folders(files)),
        guide=next((text for path, text in files.items() if path.endswith(_GUIDE)), ""),
    )


def _refused(order: _Order) -> Applied | None:
    """Why it is not begun; None if it can be."""
    programs = [at for stack in order.stacks if (at := terraforming.runs_programs(stack))]
    wrong = [
        *(f"{at} runs a program: it is not applied" for at in programs),
        *(f"{path} is outside of the repository" for path in order.files if _is_outside(path)),
        *(rehearse(order.guide, order.stacks) if order.guide else ()),
    ]
    if not order.stacks:
        wrong.append("there is nothing to apply")
    return _nothing(tuple(wrong)) if wrong else None


def _carried_out(order: _Order) -> Applied:
    with tempfile.TemporaryDirectory(prefix="blueproof-apply-") as folder, SimulatedAws() as aws:
        root = Path(folder)
        _lay_out(order.files, root)
        terraform = Terraform(root, aws.url)
        terraform.settle(order.stacks)
        if order.guide:
            guided = Guided(aws, terraform, _repository(order.values))
            replay = guided.follow(order.guide)
            done = _Done(guided.runs, guided.states, guided.called, replay)
        else:
            done = _Done(*apply_all(aws, terraform, order.stacks, order.values))
        return _summed_up(aws, done)


@dataclass(frozen=True)
class _Done:
    """Terraform's runs and the states after them, what they called, and the guide's replay."""

    runs: list[tuple[str, Ran]]
    states: list[tuple[str, str]]
    called: Sequence[tuple[str, Asked]] = ()
    replay: Replay | None = None

    @property
    def failures(self) -> list[str]:
        """What went wrong, as sentences."""
        if self.replay is not None:
            return self.replay.failures
        return [f"{at}: {ran.wrong}" for at, ran in self.runs if ran.wrong]


def _summed_up(aws: SimulatedAws, done: _Done) -> Applied:
    made = read_states(done.states)
    probes = (*try_roles(aws, made), *covered(made, done.called))
    failures = [
        *done.failures,
        *(probe.complaint for probe in probes if probe.complaint),
        *_lacking(done.runs, len(made.things)),
    ]
    return Applied(
        made=len(made.things),
        expected=_planned(done.runs),
        failures=tuple(dict.fromkeys(failures)),
        probes=probes,
        replayed=done.replay.done if done.replay else 0,
        not_replayed=_counted(done.replay.skipped if done.replay else ()),
        seconds=0,
    )


def _lacking(runs: Iterable[tuple[str, Ran]], made: int) -> list[str]:
    """A sentence where fewer were made than planned and no run said why."""
    said = any(ran.wrong for _, ran in runs)
    planned = _planned(runs)
    return [] if said or made == planned else [f"{made} of {planned} planned resources were made"]


def _planned(runs: Iterable[tuple[str, Ran]]) -> int:
    return sum(ran.planned for _, ran in runs)


def _nothing(failures: tuple[str, ...]) -> Applied:
    return Applied(
        made=0, expected=0, failures=failures, probes=(), replayed=0, not_replayed=(),
        seconds=0,
    )  # fmt: skip


def _is_outside(path: str) -> bool:
    parts = PurePosixPath(path)
    return parts.is_absolute() or ".." in parts.parts


def _repository(values: Mapping[str, Mapping[str, str]]) -> str:
    named = [inputs["repository"] for inputs in values.values() if "repository" in inputs]
    return named[0] if named else _REPOSITORY


def _counted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        f"{name} ({times} times)" if times > 1 else name for name, times in Counter(names).items()
    )


def _lay_out(files: Mapping[str, str], root: Path) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
