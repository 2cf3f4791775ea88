"""Commands of AWS's command line carried out by its library, in the simulated AWS.

A command is its service and operation with `--names` for the parameters; shorthand values
(`imageTag=first`) and JSON are read by the parameter's own type. High-level commands (`aws s3`,
waiters, logins) are not carried out.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from blueproof.engines.simulated_aws.replaying import Answer
from blueproof.engines.simulated_aws.serving import SimulatedAws

_CLIENTS = {"s3api": "s3"}
_GLOBAL = ("region", "profile", "output", "query", "no-cli-pager", "endpoint-url", "color")
_FLAGS = ("no-cli-pager",)
_NESTED = frozenset({"list", "structure", "map"})
_ABOVE = ("s3", "configure", "sso", "help")


def carry_out(aws: SimulatedAws, words: tuple[str, ...]) -> Answer:
    """What a command answers; skipped by name where it is no plain operation of a service."""
    plain, options = _read(words[1:])
    name = " ".join(["aws", *plain[:2]])
    service, method = plain[0] if plain else "", "_".join(plain[1:]).replace("-", "_")
    if not method or service in _ABOVE:
        return Answer(skipped=name)
    client = aws.client(_CLIENTS.get(service, service), checks=True)
    operation = client.meta.method_to_api_mapping.get(method)
    if operation is None:
        return Answer(skipped=name)
    shape = client.meta.service_model.operation_model(operation).input_shape
    failures = _failures()
    try:
        given = dict(_given(shape, options))
        answer = getattr(client, method)(**given)
    except failures as error:
        return Answer(wrong=str(error))
    return Answer(out=_shown(answer, options))


def _failures() -> tuple[type[Exception], ...]:
    """What says that a command was wrong: AWS, its library, or our reading of the options."""
    errors = import_module("botocore.exceptions")
    return errors.ClientError, errors.BotoCoreError, ValueError


def _read(words: tuple[str, ...]) -> tuple[list[str], dict[str, list[str]]]:
    """The words before the options, and the options with their values."""
    plain, options, last = list[str](), dict[str, list[str]](), ""
    for word in words:
        if word.startswith("--"):
            name, sign, value = word[2:].partition("=")
            options[name] = [value] if sign else []
            last = "" if name in _FLAGS else name
        elif last:
            options[last].append(word)
        else:
            plain.append(word)
    return plain, options


def _given(shape: Any, options: dict[str, list[str]]) -> Iterator[tuple[str, Any]]:
    """The parameters by the names that the library knows them by; ValueError for a strange one."""
    xform = import_module("botocore").xform_name
    known = {xform(name).replace("_", "-"): name for name in (shape.members if shape else {})}
    for name, words in options.items():
        if name in _GLOBAL:
            continue
        own = known.get(name) or known.get(name.removeprefix("no-"))
        if own is None:
            raise ValueError(f"there is no option --{name}")
        yield own, _typed(shape.members[own], words, off=name not in known)


def _typed(shape: Any, words: list[str], *, off: bool = False) -> Any:
    kind = shape.type_name
    if kind == "boolean":
        return not off and words != ["false"]
    if kind in _NESTED and words and words[0][:1] in "[{":
        return json.loads(words[0])
    if kind == "list":
        return [_typed(shape.member, [word]) for word in words]
    if kind in _NESTED:
        return _short(shape, ",".join(words))
    word = " ".join(words)
    if kind in {"integer", "long"}:
        return int(word)
    return float(word) if kind in {"float", "double"} else word


def _short(shape: Any, words: str) -> dict[str, Any]:
    """Shorthand: `key=value,key=value`, lists in brackets."""
    found: dict[str, Any] = {}
    for part in words.split(","):
        name, sign, value = part.partition("=")
        if not sign:
            raise ValueError(f"{words!r} is no list of key=value")
        inner = shape.members.get(name) if shape.type_name == "structure" else shape.value
        if inner is None:
            raise ValueError(f"there is no {name} here")
        found[name] = _typed(inner, [value])
    return found


def _shown(answer: dict[str, Any], options: dict[str, list[str]]) -> str:
    found: Any = {k: v for k, v in answer.items() if k != "ResponseMetadata"}
    if "query" in options:
        found = import_module("jmespath").search(" ".join(options["query"]), found)
    if options.get("output") == ["text"] and not isinstance(found, dict):
        several = found if isinstance(found, list) else [found]
        return "\t".join("None" if each is None else str(each) for each in several) + "\n"
    return json.dumps(found, default=str) + "\n"
