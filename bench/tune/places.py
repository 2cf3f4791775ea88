"""Where things lie: the cache with Python, server and data, and the peers' checkouts."""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DEFAULT_CACHE = Path("~/.cache/blueproof-bench")
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders of one machine; nothing below them is committed."""

    cache: Path
    peers: Path

    @property
    def python(self) -> Path:
        """The interpreter that has what bench/tune/requirements.txt names."""
        return self.cache / "python" / "bin" / "python"

    @property
    def server(self) -> Path:
        """The PostgreSQL tree, its data and its socket."""
        return self.cache / "server"

    @property
    def data(self) -> Path:
        """Generated tables as files, removed once they are loaded."""
        return self.cache / "data"

    @property
    def queries(self) -> Path:
        """The query texts, one file per workload."""
        return self.cache / "queries"


def arguments(described: str | None, *, workload: str) -> argparse.Namespace:
    """The command line of a comparison with loaded databases, of these workloads unless said."""
    parser = argparse.ArgumentParser(
        description=described, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", help="where everything is kept (~/.cache/blueproof-bench)")
    parser.add_argument("--peers", help="where the peers' checkouts lie (CACHE/peers)")
    parser.add_argument("--python", default="python3", help="the Python that has blueproof")
    parser.add_argument("--workload", default=workload, help="with commas")
    parser.add_argument("--out", help="the results as JSON")
    return parser.parse_args()


def places(cache: str | None, peers: str | None) -> Places:
    """The folders named on the command line, or the defaults."""
    root = Path(cache or DEFAULT_CACHE).expanduser().resolve()
    return Places(cache=root, peers=Path(peers or root / "peers").expanduser().resolve())


def in_our_python(where: Places) -> None:
    """Go on in the cache's own interpreter; make it first where it is missing.

    The benchmark needs packages that the project does not (DuckDB's extensions, data generators,
    the peers' own dependencies), so they live apart from every other environment.
    """
    _prepare(where)
    if Path(sys.prefix).resolve() != (where.cache / "python").resolve():
        os.execv(where.python, [str(where.python), *sys.argv])  # noqa: S606 (our own interpreter)


def _prepare(where: Places) -> None:
    done = where.cache / "python" / "requirements.txt"
    wanted = _REQUIREMENTS.read_text(encoding="utf-8")
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return
    where.cache.mkdir(parents=True, exist_ok=True)
    say(f"making the benchmark's Python below {where.cache}")
    subprocess.run([sys.executable, "-m", "venv", str(where.cache / "python")], check=True)  # noqa: S603
    subprocess.run(  # noqa: S603 (our own list of packages)
        [str(where.python), "-m", "pip", "install", "-q", "-r", str(_REQUIREMENTS)], check=True
    )
    done.write_text(wanted, encoding="utf-8")


def say(text: str) -> None:
    """Tell the person what goes on; results go to files, so stderr is free for this."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
