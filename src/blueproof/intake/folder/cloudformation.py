"""CloudFormation and SAM templates, and the configuration of the Serverless Framework."""

from collections.abc import Iterator

from blueproof.intake.folder.found import Counted, Finding, Found, Text, feature, technology
from blueproof.intake.folder.packages import plain_version
from blueproof.intake.folder.resources import REGION, known, read_runtime
from blueproof.intake.folder.tree import Tree, at, inside, read_json, read_yaml

_ENGINES = {
    "postgres": "postgresql",
    "aurora-postgresql": "postgresql",
    "mysql": "mysql",
    "aurora-mysql": "mysql",
    "mariadb": "mariadb",
}
_EVENTS = {  # of the Serverless Framework, and what each needs
    "http": "amazon-api-gateway",
    "httpApi": "amazon-api-gateway",
    "websocket": "amazon-api-gateway",
    "sqs": "amazon-sqs",
    "sns": "amazon-sns",
    "s3": "amazon-s3",
    "stream": "amazon-dynamodb",
    "eventBridge": "amazon-eventbridge",
    "schedule": "amazon-eventbridge",
    "cognitoUserPool": "amazon-cognito",
    "alb": "application-load-balancer",
}
_FEATURES = {"websocket": "realtime-sync", "schedule": "scheduling", "sqs": "job-queue"}


def is_template(text: str) -> bool:
    """Whether a text looks like a template at all, before it is parsed."""
    return "AWSTemplateFormatVersion" in text or ("Resources" in text and "AWS::" in text)


def read_template(file: Text) -> Iterator[Finding]:
    """What a template says; other YAML and JSON is let be."""
    if not is_template(file.text):
        return
    tree = read_json(file) if file.text.lstrip().startswith("{") else read_yaml(file)
    resources = at(tree, "Resources")
    if not any(at(r, "Type").text.startswith("AWS::") for r in inside(resources)):
        return
    yield technology("cloudformation", max(at(tree, "AWSTemplateFormatVersion").line, 1))
    transform = at(tree, "Transform")
    if "AWS::Serverless" in transform.text:
        yield technology("aws-sam", transform.line)
    runtime = at(tree, "Globals", "Function", "Runtime")
    yield from read_runtime(runtime.text, runtime.line)
    yield from _resources(resources)


def _resources(resources: Tree) -> Iterator[Finding]:
    for name, resource in resources.items():
        kind = at(resource, "Type").text
        yield Counted(metric="resources", name=name, line=resource.line)
        for found in known("cloudformation", kind):
            yield technology(found, resource.line)
        yield from _details(name, kind, resource)


def _details(name: str, kind: str, resource: Tree) -> Iterator[Finding]:
    properties = at(resource, "Properties")
    if kind in {"AWS::Lambda::Function", "AWS::Serverless::Function"}:
        yield Counted(metric="functions", name=name, line=resource.line)
        runtime = at(properties, "Runtime")
        yield from read_runtime(runtime.text, runtime.line)
    for key in ("LaunchType", "RequiresCompatibilities"):
        for said in at(properties, key).each():
            if said.text == "FARGATE":
                yield technology("aws-fargate", said.line)
    yield from _engine(at(properties, "Engine"), at(properties, "EngineVersion"))
    for event in inside(at(properties, "Events")):
        yield from _event(name, event)


def _event(name: str, event: Tree) -> Iterator[Finding]:
    """An event of a SAM function; a path of an API is a route."""
    if at(event, "Type").text in {"Api", "HttpApi"}:
        method, path = (at(event, "Properties", key).text for key in ("Method", "Path"))
        yield technology("amazon-api-gateway", event.line)
        yield Counted(metric="routes", name=f"{name} {method} {path}", line=event.line)


def _engine(engine: Tree, version: Tree) -> Iterator[Finding]:
    name = _ENGINES.get(engine.text, "")
    if name:
        yield technology(name, engine.line)
        number = plain_version(version.text)
        if number:
            yield Found(key=f"version.{name}", value=number, line=version.line)


def read_serverless(file: Text) -> Iterator[Finding]:
    """What a serverless.yml says."""
    tree = read_yaml(file)
    provider = at(tree, "provider")
    yield technology("serverless-framework", max(at(tree, "service").line, 1))
    if at(provider, "name").text == "aws":
        yield technology("aws-lambda", at(provider, "name").line)
    runtime = at(provider, "runtime")
    yield from read_runtime(runtime.text, runtime.line)
    yield from _region(at(provider, "region"))
    for name, function in at(tree, "functions").items():
        yield Counted(metric="functions", name=name, line=function.line)
        for event in at(function, "events").each():
            yield from _serverless_event(name, event)
    yield from _resources(at(tree, "resources", "Resources"))


def _region(region: Tree) -> Iterator[Finding]:
    """A region, also as the fallback of a variable: ${opt:region, 'eu-west-1'}."""
    found = REGION.search(region.text)
    if found:
        yield Found(key="host-region", value=found[0], line=region.line)


def _serverless_event(function: str, event: Tree) -> Iterator[Finding]:
    for kind, place in (*event.items(), *(((event.text, event),) if event.text else ())):
        if kind in _EVENTS:
            yield technology(_EVENTS[kind], place.line)
        if kind in _FEATURES:
            yield feature(_FEATURES[kind], place.line)
        if kind in {"http", "httpApi"}:
            said = place.text or f"{at(place, 'method').text} {at(place, 'path').text}"
            yield Counted(metric="routes", name=f"{function} {said}", line=place.line)


def read_sam_config(file: Text) -> Iterator[Finding]:
    """The region of a samconfig.toml."""
    yield technology("aws-sam", 1)
    found = REGION.search(file.text)
    if found:
        yield Found(key="host-region", value=found[0], line=file.line(found.start()))


def read_cdk_json(_: Text) -> Iterator[Finding]:
    """What the mere presence of a cdk.json says."""
    yield technology("aws-cdk", 1)
