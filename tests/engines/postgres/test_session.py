"""A session leaves no socket behind, however its server ends."""

import gc
import socket
import threading
import warnings
from pathlib import Path

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.session import Address, Session


def refused(address: Address) -> str:
    """What the session says; nothing holds the error, or what it saw, afterwards."""
    try:
        Session(address, Limits(), lambda _process: None)
    except EngineError as error:
        return str(error)
    return ""


def test_a_server_that_hangs_up_leaves_no_open_socket(tmp_path: Path) -> None:
    place = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(place))
    listener.listen()

    def hang_up() -> None:
        listener.accept()[0].close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    address = Address(socket=place, database="d", user="u", password="", data=tmp_path)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert "does not answer" in refused(address)
        gc.collect()
    thread.join()
    listener.close()
    assert [w for w in seen if issubclass(w.category, ResourceWarning)] == []
