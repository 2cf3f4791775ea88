"""The image of a service that Node.js does not run: Python with its manager, or Go."""

from collections.abc import Iterator

from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import image, programs

_IMAGES = {"python": "python", "go": "golang", "ruby": "ruby", "java": "eclipse-temurin"}
_IGNORED_RUBY = ("config/master.key", "config/credentials/*.key", "log/*", "tmp/*", "storage/*",
                 "vendor/bundle", "spec")  # fmt: skip
_IGNORED_JAVA = ("**/build", "**/target", "**/.gradle", ".idea", "**/*.iml")
_JDBC = (
    "login=${DATABASE_URL#*://}; place=${login#*@}; login=${login%%@*}; "
    "export SPRING_DATASOURCE_URL=jdbc:postgresql://$place "
    "SPRING_DATASOURCE_USERNAME=${login%%:*} SPRING_DATASOURCE_PASSWORD=${login#*:}; "
)
_VENV = "/opt/venv"
_IGNORED = ("**/__pycache__", "**/*.pyc", ".venv", "venv", ".pytest_cache", ".mypy_cache")


def lines(service: Service) -> Iterator[str]:
    """The Dockerfile, line by line."""
    made = {"python": _python, "go": _go, "ruby": _ruby, "java": _java}[service.language]
    yield from made(service)


def ignored(service: Service) -> tuple[str, ...]:
    """What is left out of the image beside what always is."""
    return {"python": _IGNORED, "ruby": _IGNORED_RUBY, "java": _IGNORED_JAVA}.get(
        service.language, ()
    )


def base(service: Service) -> str:
    """The image that all is built on."""
    return image(_IMAGES[service.language], service.line).name


def _python(service: Service) -> Iterator[str]:
    below = base(service)
    yield "# Packages are installed before the source is copied: a change of code keeps them."
    yield f"FROM {below} AS build"
    yield f"ENV VIRTUAL_ENV={_VENV} PATH={_VENV}/bin:$PATH PIP_NO_CACHE_DIR=1"
    if service.built_with:
        yield "# What its packages are built with. Debian's updates are wanted: no version is held."
        yield from _debian(" ".join(sorted(service.built_with)))
    yield "WORKDIR /app"
    yield f"RUN python -m venv {_VENV}"
    yield from _installed(service)
    yield ""
    yield f"FROM {below}"
    yield f"ENV PATH={_VENV}/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1"
    if service.runs_with:
        yield "# What its packages call while they run."
        yield from _debian(" ".join(sorted(service.runs_with)))
    if service.has_source_folder:
        yield "ENV PYTHONPATH=/app/src"
    yield f"ENV PORT={service.port}"
    yield "WORKDIR /app"
    yield f"COPY --from=build {_VENV} {_VENV}"
    yield f"COPY {service.context} ./" if service.context else "COPY . ."
    yield "# A user by its number, who owns nothing here."
    yield "USER 1000"
    yield f"EXPOSE {service.port}"
    yield f"CMD [{', '.join(_quoted(word) for word in service.start.split())}]"


def _installed(service: Service) -> Iterator[str]:
    """What makes the packages, exactly as locked."""
    known = programs()
    server = f" \\\n  && pip install gunicorn=={known['gunicorn'].line}"
    beside = server if service.adds_gunicorn else ""
    if beside:
        yield "# gunicorn is not among your packages: put it there, and its line can go."
    if service.manager == "uv":
        yield f"RUN pip install uv=={known['uv'].line}"
        yield f"COPY {_at(service, 'pyproject.toml')} {_at(service, 'uv.lock')} ./"
        yield f"ENV UV_PROJECT_ENVIRONMENT={_VENV}"
        yield f"RUN uv sync --locked --no-dev --no-install-project{beside}"
    elif service.manager == "poetry":
        yield "# Poetry has a place of its own: its packages are none of the service's."
        yield "RUN python -m venv /opt/poetry \\"
        yield f"  && /opt/poetry/bin/pip install poetry=={known['poetry'].line}"
        yield f"COPY {_at(service, 'pyproject.toml')} {_at(service, 'poetry.lock')} ./"
        yield f"RUN /opt/poetry/bin/poetry install --only main --no-root --no-interaction{beside}"
    else:
        lock = service.lock or "requirements.txt"
        yield f"COPY {_at(service, lock)} ./"
        yield f"RUN pip install -r {lock.rpartition('/')[2] if service.context else lock}{beside}"


def _at(service: Service, path: str) -> str:
    """A file of the service, from the root of the repository."""
    return f"{service.context}/{path.removeprefix(f'{service.context}/')}".lstrip("/")


def _go(service: Service) -> Iterator[str]:
    yield "# The modules are fetched before the source is copied: a change of code keeps the layer."
    yield f"FROM {base(service)} AS build"
    yield "WORKDIR /src"
    yield f"COPY {_at(service, 'go.mod')} {_at(service, 'go.su[m]')} ./"
    yield "RUN go mod download"
    yield f"COPY {service.context} ./" if service.context else "COPY . ."
    yield "# Every command of the module, under the name of its folder: /bin/api, /bin/worker."
    yield "RUN mkdir /out && CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/ ./..."
    yield ""
    yield "FROM scratch"
    yield "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/"
    yield "COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo"
    yield "COPY --from=build /out/ /bin/"
    yield "WORKDIR /app"
    yield f"ENV PORT={service.port}"
    yield "USER 65532"
    yield f"EXPOSE {service.port}"
    yield f"CMD [{', '.join(_quoted(word) for word in service.start.split())}]"


def _ruby(service: Service) -> Iterator[str]:
    below = base(service)
    yield f"FROM {below} AS base"
    yield "ENV RAILS_ENV=production RACK_ENV=production BUNDLE_DEPLOYMENT=1 \\"
    yield "    BUNDLE_WITHOUT=development:test BUNDLE_PATH=/usr/local/bundle RAILS_LOG_TO_STDOUT=1"
    yield "# What the gems are linked with. Debian's updates are wanted: no version is held."
    yield from _debian("libjemalloc2 libpq5 libyaml-0-2")
    yield "WORKDIR /app"
    yield ""
    yield "# Gems are built before the source is copied: a change of code keeps them."
    yield "FROM base AS build"
    yield from _debian("build-essential git libpq-dev libyaml-dev pkg-config")
    yield f"COPY {_at(service, 'Gemfile')} {_at(service, 'Gemfile.lock')} ./"
    yield "RUN bundle install"
    yield f"COPY {service.context} ./" if service.context else "COPY . ."
    yield "# An API alone has no assets; making them takes no secret."
    yield "RUN if [ -d app/assets ]; then \\"
    yield "  SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile; fi"
    yield ""
    yield "FROM base"
    yield f"ENV PORT={service.port} LD_PRELOAD=libjemalloc.so.2"
    yield "COPY --from=build /usr/local/bundle /usr/local/bundle"
    yield "COPY --from=build /app ./"
    yield "# A user by its number, who may write logs and temporary files alone."
    yield "RUN mkdir -p log tmp/pids storage && chown -R 1000:1000 log tmp storage"
    yield "USER 1000"
    yield f"EXPOSE {service.port}"
    yield f"CMD [{', '.join(_quoted(word) for word in service.start.split())}]"


def _java(service: Service) -> Iterator[str]:
    gradle = service.manager == "gradle"
    wrapper = "gradlew" if gradle else "mvnw"
    yield f"# {wrapper} fetches the build tool, in the version that the repository names."
    yield f"FROM {base(service)} AS build"
    yield "WORKDIR /src"
    yield f"COPY {service.context} ./" if service.context else "COPY . ."
    if gradle:
        yield "RUN ./gradlew --no-daemon bootJar -x test \\"
        yield "  && rm -f build/libs/*-plain.jar && cp build/libs/*.jar /app.jar"
    else:
        yield "RUN ./mvnw --batch-mode -DskipTests package \\"
        yield "  && cp target/*.jar /app.jar"
    yield ""
    yield f"FROM {base(service).replace('-jdk-', '-jre-')}"
    yield "# Requests in flight end first; liveness is asked without the database."
    yield "ENV SERVER_SHUTDOWN=graceful MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED=true"
    yield f"ENV PORT={service.port} SERVER_PORT={service.port}"
    yield "WORKDIR /app"
    yield "COPY --from=build /app.jar ./"
    yield "USER 1000"
    yield f"EXPOSE {service.port}"
    if service.database == "postgresql":
        yield "# JDBC takes another form of address than DATABASE_URL has."
        yield f'CMD ["sh", "-c", "{_JDBC}exec {service.start}"]'
    else:
        yield f"CMD [{', '.join(_quoted(word) for word in service.start.split())}]"


def _debian(packages: str) -> Iterator[str]:
    yield "# hadolint ignore=DL3008"
    yield "RUN apt-get update \\"
    yield f"  && apt-get install --yes --no-install-recommends {packages} \\"
    yield "  && rm -rf /var/lib/apt/lists/*"


def _quoted(word: str) -> str:
    return f'"{word}"'
