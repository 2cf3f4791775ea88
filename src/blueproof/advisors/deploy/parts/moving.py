"""What brings a service that runs elsewhere over: its data by a rehearsed copy, then its name.

Until the switch people reach the old place; the new one is deployed to and asked at its load
balancer. The copy of the data is made twice: once to measure it, once while nobody writes.
"""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.stage import Stage
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.code import handed

RESTORE = "infra/moving/restore.sh"
TAKES_TRAFFIC = "takes_traffic"
BALANCER = "API_BALANCER"
_IMAGE_OF_POSTGRES = "public.ecr.aws/docker/library/postgres:{major}-alpine"
_ADDRESS = {
    "heroku": 'export OLD_DATABASE_URL="$(heroku config:get DATABASE_URL)"',
    "render": 'export OLD_DATABASE_URL="..." # External Database URL, on the database\'s page',
    "railway": 'export OLD_DATABASE_URL="..." # DATABASE_PUBLIC_URL of the database\'s service',
    "fly-io": 'export OLD_DATABASE_URL="..." # by `flyctl proxy 15432:5432 -a YOUR-DATABASE`',
    "server": 'export OLD_DATABASE_URL="..." # by `ssh -N -L 15432:localhost:5432 YOU@SERVER`',
}
_STOPS = {
    "heroku": "heroku maintenance:on && heroku ps:scale web=0",
    "render": "# Suspend the service on its page: it answers 503 from then on",
    "railway": "# Remove the running deployment on its page",
    "fly-io": "flyctl scale count 0",
    "server": "# On the server: docker stop CONTAINER (or pm2 stop all), and its jobs too",
}
_STARTS = {
    "heroku": "heroku ps:scale web=1 && heroku maintenance:off",
    "render": "resume the service on its page",
    "railway": "redeploy the last deployment on its page",
    "fly-io": "flyctl scale count 1",
    "server": "docker start CONTAINER",
}


def moves(service: Service, form: Form) -> bool:
    """Whether there is a place that people use today, whose name is taken over."""
    return bool(service.present) and form.shape == "fargate"


def brings_data(service: Service, form: Form) -> bool:
    """Whether its data must be brought over too."""
    return moves(service, form) and service.makes_database


def restore(service: Service) -> str:
    """The script that brings a dump into the new database, by a task inside its network."""
    return handed("restore.sh").replace(
        "POSTGRES_IMAGE", _IMAGE_OF_POSTGRES.format(major=service.postgres)
    )


def stages(service: Service, form: Form) -> Iterator[Stage]:
    """The rehearsal, the switch, and the end of the old place."""
    if not moves(service, form):
        return
    if brings_data(service, form):
        yield _rehearsal(service)
    yield _switch(service, form)
    yield _afterwards()


def _dump() -> tuple[str, ...]:
    return (
        'pg_dump --format=custom --no-owner --no-acl --file old.dump "$OLD_DATABASE_URL"',
        f"time sh {RESTORE} old.dump",
    )


def _rehearsal(service: Service) -> Stage:
    return Stage(
        title="Rehearse the move of the data",
        why="The old place goes on meanwhile. The dump is put into the new database by a task "
        "inside its network, what is there is replaced, and the time that both commands "
        "take is how long nobody can write at the switch. `pg_dump` must not be older than the "
        "old server. If it takes longer than you can stop for (tens of GB), let logical "
        "replication bring the rows over while both run (CREATE PUBLICATION there, CREATE "
        "SUBSCRIPTION here; sequences are set by hand at the switch), and stop for a minute only.",
        commands=(_ADDRESS[service.present], *_dump()),
        check="the script ends with `restored`; count the rows of your largest tables on both "
        "sides, and try the new place: `curl --connect-to "
        f'"::$(gh variable get {BALANCER} --env production):443" "https://$DOMAIN{service.ready_path}"`',
        undo="none is needed: nobody uses the new database yet",
    )


def _switch(service: Service, form: Form) -> Stage:
    data = brings_data(service, form)
    files = (
        (
            "# Uploads that lie on the old disk:",
            "# rsync them to your machine, then: aws s3 sync uploads s3://BUCKET",
        )
        if service.uploads == "disk"
        else ()
    )
    frozen = (
        "Nobody can write from the first command to the last: as long as the rehearsal took, and "
        "about five minutes. "
        if data
        else "About five minutes; both places use the same data, so nothing is stopped before. "
    )
    return Stage(
        title="Switch over",
        why=f"{frozen}A day before, set the TTL of the name's record to 60 s where it is kept now: "
        "what it is today is how long some people would still go to the old place. Choose an hour "
        "with few requests, and say so to your people.",
        commands=(
            *((_STOPS[service.present], *_dump()) if data else ()),
            *files,
            "gh workflow run deploy.yml --ref main # the migrations that the old place had not yet",
            "gh run watch",
            f"gh variable set {TAKES_TRAFFIC.upper()} --body true",
            "gh workflow run infra.yml --ref main # the name leads to the load balancer from here",
        ),
        check='`dig +short "$DOMAIN"` shows the load balancer\'s addresses, and its log shows '
        "people's requests",
        undo=f"`gh variable set {TAKES_TRAFFIC.upper()} --body false`, give the name its old "
        f"record and start the old place again ({_STARTS[service.present]}). Until somebody has "
        "written to the new place nothing is lost by that; afterwards what they wrote is: decide "
        "within the first minutes",
    )


def _afterwards() -> Stage:
    return Stage(
        title="Keep the old place for a week, stopped",
        why="It is the way back if something was forgotten: a job, a file, a webhook's address. "
        "Then keep one last dump and end it, because it is billed and its keys still work.",
        commands=(),
        check="nothing arrives at the old place any more, and its last dump can be read by "
        "`pg_restore --list`",
        undo="none: after this there is only the dump",
    )
