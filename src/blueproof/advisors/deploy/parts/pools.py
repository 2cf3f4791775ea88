"""How many connections each task may hold, so that a deploy at full load does not take them all."""

from blueproof.advisors.deploy.load import Form, tried
from blueproof.advisors.deploy.parts.alarms import most_connections
from blueproof.advisors.deploy.parts.workers import most_at_once
from blueproof.advisors.deploy.service import Service

_TWICE = 2  # a deploy starts the new tasks before it stops the old ones (200 %)
_BY_LANGUAGE = {
    "python": "`pool_size` and `max_overflow` together, over all processes of the task",
    "go": "`SetMaxOpenConns`",
    "java": "`spring.datasource.hikari.maximum-pool-size`",
    "ruby": "`pool` in database.yml, times the processes of the task",
}
_BY_ORM = {
    "prisma": "`max` of the adapter's pool, or before Prisma 7 `connection_limit` in the address",
    "sequelize": "`pool.max`",
    "knex": "`pool.max`",
    "typeorm": "`extra.max`",
}


def pool(service: Service, form: Form) -> int:
    """The connections of each task at which a deploy stays below four fifths; 0 if none do."""
    most = most_connections(form.db_class) * 4 // 5
    return most // (_TWICE * form.most_tasks + most_at_once(service))


def in_address(service: Service, form: Form) -> str:
    """What is said of it in DATABASE_URL; "" where the service does not read it there.

    One address serves for every environment, so the smaller database decides.
    """
    if not service.pool_in_address or form.shape != "fargate":
        return ""
    forms = (form, tried(form)) if form.staging else (form,)
    return f"&connection_limit={max(1, min(pool(service, each) for each in forms))}"


def held(service: Service, form: Form) -> str:
    """What one may hold of the database's connections, and where that is said."""
    most = most_connections(form.db_class)
    if form.shape != "fargate":
        return (
            f"{form.db_class} takes about {most}. Each run of the function holds its own: "
            "keep the pool at 1."
        )
    each, tasks = pool(service, form), _TWICE * form.most_tasks
    workers = most_at_once(service)
    beside = f" and {workers} of its workers" if workers else ""
    begin = f"{form.db_class} takes about {most}, and a deploy runs up to {tasks} tasks{beside}"
    if each < 1:
        return f"{begin}: even one connection in each is too many, so take a larger class."
    said = f"{begin}: {each} in each {'stay' if each > 1 else 'stays'} below four fifths of them."
    if service.besides:
        said += " What the services beside it hold comes on top."
    limit = in_address(service, form).rpartition("=")[2]
    if limit:
        return f"{said} DATABASE_URL holds the pool to {limit} (`connection_limit`)."
    if service.pool:
        over = "" if service.pool <= each else ": too many, set it lower"
        return f"{said} {service.told('service.pool')} sets {service.pool}{over}."
    usual = "the largest size of its pool"
    how = _BY_ORM.get(service.orm, "`max` of your pool") if service.is_node else (
        _BY_LANGUAGE.get(service.language, usual))  # fmt: skip
    return f"{said} Nothing here sets that: in the code, set {how}."
