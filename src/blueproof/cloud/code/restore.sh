#!/bin/sh
# Brings a dump of pg_dump --format=custom into production's new database, by a task inside its
# network: the database has no way in from outside. What is there already is dropped first, so that
# migrations which the old place had not yet are new again.
#
#   sh infra/moving/restore.sh old.dump      (NAME and AWS_REGION set, as in GUIDE.md)
set -eu

DUMP="$1"
FULL="${NAME:?}-production"
BUCKET="$FULL-moving-$(aws sts get-caller-identity --query Account --output text)"

cleanup() {
  aws s3 rb "s3://$BUCKET" --force >/dev/null || true
  rm -f task.json next.json
}
trap cleanup EXIT

aws s3 mb "s3://$BUCKET" >/dev/null
aws s3 cp "$DUMP" "s3://$BUCKET/dump" --only-show-errors
ADDRESS="$(aws s3 presign "s3://$BUCKET/dump" --expires-in 7200)"

# The service's own task, with the programs of PostgreSQL in place of its image.
aws ecs describe-task-definition --task-definition "$FULL" --query taskDefinition >task.json
jq '.family += "-restore"
  | .containerDefinitions[0].image = "POSTGRES_IMAGE"
  | .containerDefinitions[0].portMappings = []
  | .containerDefinitions[0].entryPoint = ["sh", "-c"]
  | .containerDefinitions[0].command = ["psql --quiet --set ON_ERROR_STOP=1 --dbname \"$DATABASE_URL\" --command \"DROP SCHEMA public CASCADE\" --command \"CREATE SCHEMA public\" && wget -qO- \"$DUMP_ADDRESS\" | pg_restore --clean --if-exists --no-owner --no-acl --no-comments --single-transaction --exit-on-error --dbname \"$DATABASE_URL\""]
  | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities,
        .registeredAt, .registeredBy, .deregisteredAt, .enableFaultInjection)' task.json >next.json
REVISION="$(aws ecs register-task-definition --cli-input-json file://next.json \
  --query taskDefinition.taskDefinitionArn --output text)"

NETWORK="$(aws ecs describe-services --cluster "$FULL" --services "$FULL" \
  --query 'services[0].networkConfiguration' --output json)"
OVERRIDES="$(jq -n --arg address "$ADDRESS" \
  '{containerOverrides: [{name: "app", environment: [{name: "DUMP_ADDRESS", value: $address}]}]}')"
TASK="$(aws ecs run-task --cluster "$FULL" --task-definition "$REVISION" --launch-type FARGATE \
  --network-configuration "$NETWORK" --overrides "$OVERRIDES" \
  --query 'tasks[0].taskArn' --output text)"

# `aws ecs wait` gives up after ten minutes; a restore may take longer.
STATUS=PENDING
while [ "$STATUS" != STOPPED ]; do
  sleep "${PAUSE:-10}"
  STATUS="$(aws ecs describe-tasks --cluster "$FULL" --tasks "$TASK" \
    --query 'tasks[0].lastStatus' --output text)"
done
CODE="$(aws ecs describe-tasks --cluster "$FULL" --tasks "$TASK" \
  --query 'tasks[0].containers[0].exitCode' --output text)"
aws logs get-log-events --log-group-name "/ecs/$FULL" \
  --log-stream-name "api/app/${TASK##*/}" --query 'events[].message' --output text
if [ "$CODE" != 0 ]; then
  echo "not restored: the lines above say why; mend that and run this again" >&2
  exit 1
fi
echo restored
