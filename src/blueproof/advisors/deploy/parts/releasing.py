"""The deploy workflow: one image, scanned before it is pushed, promoted by its digest."""

from collections.abc import Iterator
from typing import Any

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.actions import checkout, scan, sign_in, step, use
from blueproof.advisors.deploy.parts.approving import BY_HAND
from blueproof.advisors.deploy.parts.besiding import built, own_images
from blueproof.advisors.deploy.parts.function import migrates
from blueproof.advisors.deploy.parts.grants import environments
from blueproof.advisors.deploy.parts.moving import BALANCER, moves
from blueproof.advisors.deploy.service import Beside, Service, Worker

Data = dict[str, Any]
_RUNNER = "ubuntu-24.04-arm"
_ROLE = "AWS_DEPLOY_ROLE_ARN"
_DIGEST = "${{ needs.build.outputs.digest }}"
_RELEASED = "!failure() && !cancelled()"
# Where nobody can be made to approve, somebody starts production by hand.
_ASKED_FOR = f" && (vars.{BY_HAND} != 'true' || inputs.digest != '')"
_GIVEN = "inputs.digest == ''"


def deploy(service: Service, form: Form) -> Data:
    """The workflow: checks and one build, then each environment after the one before."""
    names = environments(form)
    jobs: Data = {"checks": {"if": _GIVEN, "uses": "./.github/workflows/ci.yml"}}
    jobs["build"] = _build(service, names[0])
    before = "build"
    for name in names:
        jobs[name] = _release(service, form, name, before)
        before = name
    return {
        "name": "deploy",
        "on": {
            "push": {"branches": ["main"], "paths-ignore": ["infra/**", "**/*.md"]},
            "workflow_dispatch": {
                "inputs": {
                    "digest": {
                        "description": "sha256:... of an image that ran before, to go back to it",
                        "type": "string",
                        "default": "",
                    }
                }
            },
        },
        "permissions": {"contents": "read"},
        "concurrency": {"group": "deploy", "cancel-in-progress": False},
        "jobs": jobs,
    }


def _build(service: Service, environment: str) -> Data:
    """Builds, scans and pushes once, or takes the digest that was asked for."""
    return {
        "needs": "checks",
        "if": "!failure() && !cancelled()",
        "runs-on": _RUNNER,
        "timeout-minutes": 30,
        "environment": environment,
        "permissions": {"contents": "read", "id-token": "write"},
        "outputs": {
            "digest": "${{ steps.image.outputs.digest }}",
            **{b.key: f"${{{{ steps.{b.key}.outputs.digest }}}}" for b in own_images(service)},
        },
        "env": {
            "REPOSITORY": "${{ vars.ECR_REPOSITORY }}",
            "TAG": "${{ github.sha }}",
            "ASKED": "${{ inputs.digest }}",
        },
        "steps": [
            checkout(),
            sign_in(_ROLE),
            {**use("aws-actions/amazon-ecr-login")},
            *_scanned(_IMAGE, "", _BUILD, {}),
            *(s for beside in own_images(service) for s in _built_beside(beside)),
        ],
    }


_IMAGE = "image"  # the step that tells the digest of the service's own image


def _scanned(key: str, name: str, script: str, env: Data) -> tuple[Data, ...]:
    """Builds an image, scans it and pushes that very one; what was pushed before is left as it is.

    `name` is that of a service beside, whose `env` says where its image lies.
    """
    built, of = f"built_{key}", f" {name}" if name else ""
    digest = f"steps.{built}.outputs.digest"
    repository = str(env.get("REPOSITORY", "${{ vars.ECR_REPOSITORY }}"))
    said = {"env": env} if env else {}
    push = _PUSH + ("" if name else _SUMMARY)
    return (
        {"id": built, **step(f"Build{of}", script), **said},
        {"if": f"{digest} == ''", **scan(f"{repository}:${{{{ github.sha }}}}", name)},
        {"id": key, **step(f"Push{of}", push), "env": {**env, "DIGEST": f"${{{{ {digest} }}}}"}},
    )


_BUILD = """\
set -euo pipefail
NAME="${REPOSITORY#*/}"
find_digest() {
  aws ecr describe-images --repository-name "$NAME" --image-ids "$1" \\
    --query 'imageDetails[0].imageDigest' --output text
}
if [ -n "$ASKED" ]; then
  DIGEST="$(find_digest "imageDigest=$ASKED")"
elif DIGEST="$(find_digest "imageTag=$TAG" 2>/dev/null)"; then
  echo "pushed before: $DIGEST"
else
  docker build --provenance=false --tag "$REPOSITORY:$TAG" .
  DIGEST=""
fi
echo "digest=$DIGEST" >> "$GITHUB_OUTPUT"
"""


# The same for another service; going back to an older image of it is a matter of its revision.
_BUILD_BESIDE = """\
set -euo pipefail
NAME="${REPOSITORY#*/}"
find_digest() {
  aws ecr describe-images --repository-name "$NAME" --image-ids "$1" \\
    --query 'imageDetails[0].imageDigest' --output text
}
if DIGEST="$(find_digest "imageTag=$TAG" 2>/dev/null)"; then
  echo "pushed before: $DIGEST"
else
  BUILT
  DIGEST=""
fi
echo "digest=$DIGEST" >> "$GITHUB_OUTPUT"
"""
# What was built and scanned in this run, and nothing else, is pushed.
_PUSH = """\
set -euo pipefail
if [ -z "$DIGEST" ]; then
  docker push "$REPOSITORY:$TAG"
  DIGEST="$(aws ecr describe-images --repository-name "${REPOSITORY#*/}" \\
    --image-ids "imageTag=$TAG" --query 'imageDetails[0].imageDigest' --output text)"
fi
echo "digest=$DIGEST" >> "$GITHUB_OUTPUT"
"""
_SUMMARY = """\
echo "Image: \\`$DIGEST\\`" >> "$GITHUB_STEP_SUMMARY"
"""


def _built_beside(beside: Beside) -> tuple[Data, ...]:
    made = built(beside, '"$REPOSITORY:$TAG"', "--provenance=false ")
    env = {"REPOSITORY": f"${{{{ vars.ECR_REPOSITORY_{beside.key.upper()} }}}}"}
    return _scanned(beside.key, beside.name, _BUILD_BESIDE.replace("BUILT", made), env)


def _release(service: Service, form: Form, environment: str, before: str) -> Data:
    fargate = form.shape == "fargate"
    steps = _to_tasks(service) if fargate else _to_functions(service)
    last = () if fargate else (_back(),)
    return {
        "needs": list(dict.fromkeys(("build", before))),
        "if": _RELEASED + (_ASKED_FOR if environment == "production" else ""),
        "runs-on": _RUNNER,
        "timeout-minutes": 45,
        "environment": environment,
        "permissions": {"contents": "read", "id-token": "write"},
        "env": {
            "NAME": f"{service.name}-{environment}",
            "IMAGE": f"${{{{ vars.ECR_REPOSITORY }}}}@{_DIGEST}",
            "API_URL": "${{ vars.API_URL }}",
            **({"BALANCER": f"${{{{ vars.{BALANCER} }}}}"} if moves(service, form) else {}),
            **_network(service, form),
            **({"CLUSTER": "${{ vars.CLUSTER }}"} if "cluster" in service.kept else {}),
        },
        "steps": [sign_in(_ROLE), *steps, step("Ask it", _asked(service, form)), *last],
    }


def _network(service: Service, form: Form) -> Data:
    if form.shape != "fargate" or not service.migrate:
        return {}
    return {
        "SUBNETS": "${{ vars.ECS_SUBNETS }}",
        "SECURITY_GROUP": "${{ vars.ECS_SECURITY_GROUP }}",
        "PUBLIC_IP": "DISABLED" if form.nat else "ENABLED",
    }


def _asked(service: Service, form: Form) -> str:
    """One request that goes the way of all others and must be answered with 200."""
    # Whatever the name leads to before the switch, this load balancer is asked.
    there = ' --connect-to "::$BALANCER:443" \\\n ' if moves(service, form) else ""
    return (
        "curl --fail --silent --show-error --retry 10 --retry-delay 6 --retry-all-errors \\\n"
        f' {there} --max-time 10 "$API_URL{service.ready_path}"\n'
    )


def _to_tasks(service: Service) -> Iterator[Data]:
    yield {"id": "task", **step("Register the next revision", _REGISTER)}
    if service.migrate:
        words = ", ".join(f'"{word}"' for word in service.migrate.split())
        yield {
            **step("Migrate", _MIGRATE_TASK),
            "env": {
                "REVISION": "${{ steps.task.outputs.revision }}",
                "COMMAND": f'{{"containerOverrides": [{{"name": "app", "command": [{words}]}}]}}',
            },
        }
    yield {
        **step("Switch, and see that it stayed", _SWITCH_TASK),
        "env": {"REVISION": "${{ steps.task.outputs.revision }}", "SERVICE": _FULL},
    }
    for worker in service.workers:
        yield {
            **step(f"Switch the process {worker.name}", _switched(service, worker)),
            "env": {"SERVICE": f"{_FULL}-{worker.name}"},
        }
    for beside in service.besides:
        image = (
            f"${{{{ vars.ECR_REPOSITORY_{beside.key.upper()} }}}}"
            f"@${{{{ needs.build.outputs.{beside.key} }}}}"
        )
        own = {} if beside.shares_image else {"IMAGE": image}
        yield {
            **step(f"Switch the service {beside.name}", _SWITCH_WORKER),
            "env": {"SERVICE": f"{_FULL}-{beside.name}", **own},
        }


_FULL = "${{ env.NAME }}"
# The newest revision that Terraform or a deploy registered, with this image in its place.
_REGISTER = """\
aws ecs describe-task-definition --task-definition "$NAME" --query taskDefinition > task.json
jq --arg image "$IMAGE" '.containerDefinitions[0].image = $image
  | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities,
        .registeredAt, .registeredBy, .deregisteredAt, .enableFaultInjection)' task.json > next.json
REVISION="$(aws ecs register-task-definition --cli-input-json file://next.json \\
  --query taskDefinition.taskDefinitionArn --output text)"
echo "revision=$REVISION" >> "$GITHUB_OUTPUT"
"""
_MIGRATE_TASK = """\
TASK="$(aws ecs run-task --cluster "$NAME" --task-definition "$REVISION" \\
  --launch-type FARGATE --overrides "$COMMAND" --query 'tasks[0].taskArn' --output text \\
  --network-configuration \\
  "awsvpcConfiguration={subnets=[$SUBNETS],securityGroups=[$SECURITY_GROUP],assignPublicIp=$PUBLIC_IP}")"
aws ecs wait tasks-stopped --cluster "$NAME" --tasks "$TASK"
CODE="$(aws ecs describe-tasks --cluster "$NAME" --tasks "$TASK" \\
  --query 'tasks[0].containers[0].exitCode' --output text)"
aws logs get-log-events --log-group-name "/ecs/$NAME" --log-stream-name "api/app/${TASK##*/}" \\
  --query 'events[].message' --output text
test "$CODE" = 0
"""
# The circuit breaker goes back by itself, and the service is then stable too: so look which runs.
_SWITCH_TASK = """\
aws ecs update-service --cluster "$NAME" --service "$SERVICE" --task-definition "$REVISION" \\
  --query 'service.serviceName'
aws ecs wait services-stable --cluster "$NAME" --services "$SERVICE"
RUNS="$(aws ecs describe-services --cluster "$NAME" --services "$SERVICE" \\
  --query 'services[0].taskDefinition' --output text)"
test "$RUNS" = "$REVISION"
"""


# A worker has a task of its own: the newest revision of it, with the same image.
_SWITCH_WORKER = (
    _REGISTER.replace('"$NAME"', '"$SERVICE"')
    .replace("task.json", "worker.json")
    .replace('echo "revision=$REVISION" >> "$GITHUB_OUTPUT"\n', "")
    + _SWITCH_TASK
)


# Tasks that are kept go on beside the new ones until their jobs end: the service is not stable by
# then, so what is waited for is that the new revision runs.
_RUNS_BESIDE = """\
aws ecs update-service --cluster "$NAME" --service "$SERVICE" --task-definition "$REVISION" \\
  --query 'service.serviceName'
for _ in $(seq 40); do
  sleep 15
  NEW="$(aws ecs describe-services --cluster "$NAME" --services "$SERVICE" \\
    --query "services[0].deployments[?taskDefinition=='$REVISION'] | [0]" --output json)"
  if echo "$NEW" | jq --exit-status '.rolloutState == "FAILED"'; then exit 1; fi
  if echo "$NEW" \\
    | jq --exit-status '. != null and .runningCount > 0 and .runningCount >= .desiredCount'
  then exit 0; fi
done
exit 1
"""
_SWITCH_KEPT = _SWITCH_WORKER.replace(_SWITCH_TASK, _RUNS_BESIDE)


def _switched(service: Service, worker: Worker) -> str:
    """How a worker is switched: what is kept while it has jobs is not waited for."""
    kept = service.protects and not worker.schedules
    return _SWITCH_KEPT if kept else _SWITCH_WORKER


def _to_functions(service: Service) -> Iterator[Data]:
    if migrates(service):
        yield step("Migrate", _MIGRATE_FUNCTION)
    yield {"id": "version", **step("Make the next version, and call it", _VERSION)}
    yield {
        "id": "switch",
        **step("Switch", _SWITCH_FUNCTION),
        "env": {"VERSION": "${{ steps.version.outputs.version }}"},
    }


def _back() -> Data:
    return {
        "if": "failure() && steps.switch.outputs.before != ''",
        **step("Go back", _BACK_FUNCTION),
        "env": {"BEFORE": "${{ steps.switch.outputs.before }}"},
    }


_MIGRATE_FUNCTION = """\
aws lambda update-function-code --function-name "$NAME-migrate" --image-uri "$IMAGE" \\
  --query LastUpdateStatus
aws lambda wait function-updated-v2 --function-name "$NAME-migrate"
FAILED="$(aws lambda invoke --function-name "$NAME-migrate" --cli-read-timeout 900 \\
  --cli-binary-format raw-in-base64-out --payload '{"migrate": true}' \\
  --query FunctionError --output text answer.json)"
cat answer.json
test "$FAILED" = None
jq --exit-status '.ok == true' answer.json
"""
_VERSION = """\
aws lambda update-function-code --function-name "$NAME" --image-uri "$IMAGE" \\
  --query LastUpdateStatus
aws lambda wait function-updated-v2 --function-name "$NAME"
VERSION="$(aws lambda publish-version --function-name "$NAME" --query Version --output text)"
aws lambda wait published-version-active --function-name "$NAME" --qualifier "$VERSION"
echo "version=$VERSION" >> "$GITHUB_OUTPUT"
"""
_SWITCH_FUNCTION = """\
BEFORE="$(aws lambda get-alias --function-name "$NAME" --name live \\
  --query FunctionVersion --output text)"
echo "before=$BEFORE" >> "$GITHUB_OUTPUT"
aws lambda update-alias --function-name "$NAME" --name live --function-version "$VERSION" \\
  --query FunctionVersion
"""
_BACK_FUNCTION = """\
aws lambda update-alias --function-name "$NAME" --name live --function-version "$BEFORE" \\
  --query FunctionVersion
"""
