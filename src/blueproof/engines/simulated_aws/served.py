"""The process of the simulated AWS: moto's server on a port that the system chooses.

It prints the port, serves until its standard input is closed, and so never outlives whoever
started it, however that ended.
"""

import logging
import os
import sys
import threading
from importlib import import_module
from pathlib import Path

from blueproof.engines.simulated_aws.authorizing import judge_as_aws_does
from blueproof.engines.simulated_aws.recording import CALLS, write_down
from blueproof.engines.simulated_aws.shim import fill_gaps


def main() -> None:
    """Serves on the loopback interface."""
    application = import_module("moto.moto_server.werkzeug_app")
    serving = import_module("werkzeug.serving")
    fill_gaps()
    judge_as_aws_does()
    if calls := os.environ.get(CALLS):
        write_down(Path(calls))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = serving.make_server(
        "127.0.0.1",
        0,
        application.DomainDispatcherApplication(application.create_backend_app),
        threaded=True,
        request_handler=application.MotoRequestHandler,
    )
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.serve_forever()


def _end_with_parent() -> None:
    """Waits until standard input is closed: then nobody needs this any more."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
