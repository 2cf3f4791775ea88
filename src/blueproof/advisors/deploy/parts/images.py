"""The image of a service that Node.js does not run: Python with its manager, or Go."""

from collections.abc import Iterator

from blueproof.advisors.deploy.service import Service
from blueproof.facts.pinned import image, programs

_IMAGES = {"python": "python", "go": "golang"}
_VENV = "/opt/venv"
_IGNORED = ("**/__pycache__", "**/*.pyc", ".venv", "venv", ".pytest_cache", ".mypy_cache")


def lines(service: Service) -> Iterator[str]:
    """The Dockerfile, line by line."""
    yield from (_python(service) if service.language == "python" else _go(service))


def ignored(service: Service) -> tuple[str, ...]:
    """What is left out of the image beside what always is."""
    return _IGNORED if service.language == "python" else ()


def base(service: Service) -> str:
    """The image that all is built on."""
    return image(_IMAGES[service.language], service.line).name


def _python(service: Service) -> Iterator[str]:
    below = base(service)
    yield "# Packages are installed before the source is copied: a change of code keeps them."
    yield f"FROM {below} AS build"
    yield f"ENV VIRTUAL_ENV={_VENV} PATH={_VENV}/bin:$PATH PIP_NO_CACHE_DIR=1"
    yield "WORKDIR /app"
    yield f"RUN python -m venv {_VENV}"
    yield from _installed(service)
    yield ""
    yield f"FROM {below}"
    yield f"ENV PATH={_VENV}/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1"
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


def _quoted(word: str) -> str:
    return f'"{word}"'
