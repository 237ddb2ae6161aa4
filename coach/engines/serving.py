"""The far end of the local engine: one process that serves items one after the other.

This module is imported before the number of threads is set, so it imports nothing that counts the cores.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from coach.conversation.errors import unforeseen
from coach.engines.machine import held
from coach.engines.protocol import Worker
from coach.engines.schedule import EngineError, Failed, Finished, Heard, Ready, Refused

ORPHANED = 3
"""Exit code of a worker whose parent is gone."""
DISMISSED = b""
"""What a worker is sent instead of an item when there is nothing more to do."""
EXPENDABLE = "500"
"""Where memory runs out, the system ends a worker rather than the run (Linux: -1000 to 1000)."""


def serve(pipe: Connection, factory: bytes, environment: Mapping[str, str]) -> None:
    """Open a worker, say so, and run one item after the other until dismissed.

    Args:
        pipe: To the parent.
        factory: Pickled; unpickling it is what imports the libraries.
        environment: What is different here, such as the number of threads.
    """
    os.environ.update(environment)
    _set_signals()
    threading.Thread(target=_end_with_parent, name="orphan", daemon=True).start()
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE, encoding="ascii")
    try:
        worker: Worker[Any, Any] = pickle.loads(factory)()  # noqa: S301  (from the parent, through a pipe of ours)
        worker.open()
    except Exception as error:  # noqa: BLE001  (told to the parent, which raises it)
        _say(pipe, Refused(portable(error)))
        return
    try:
        _say(pipe, Ready())
        while (message := _next(pipe)) != DISMISSED:
            _send(pipe, answer(worker, message))
    finally:
        worker.close()


def answer(worker: Worker[Any, Any], message: bytes) -> bytes:
    """Return what came of an item, both pickled: an error of the worker's is a value, and so is one of pickling."""
    try:
        return pickle.dumps(Finished(worker.run(pickle.loads(message)), held()))  # noqa: S301
    except Exception as error:  # noqa: BLE001
        return pickle.dumps(Failed(unforeseen(error)))


def portable(error: Exception) -> Exception:
    """Return an error that can be sent to another process, itself or its kind in words."""
    try:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:  # noqa: BLE001  (whatever its class does there)
        return EngineError(unforeseen(error))
    return again if type(again) is type(error) and again.args == error.args else EngineError(unforeseen(error))


def _say(pipe: Connection, heard: Heard) -> None:
    _send(pipe, pickle.dumps(heard))


def _send(pipe: Connection, message: bytes) -> None:
    try:
        pipe.send_bytes(message)
    except OSError:  # nobody listens any more
        sys.exit(ORPHANED)


def _next(pipe: Connection) -> bytes:
    try:
        return pipe.recv_bytes()
    except (EOFError, OSError):
        return DISMISSED


def _set_signals() -> None:
    """Leave interrupts from the keyboard to the parent, and end in good order when it says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)


def _leave(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)  # unfinished files are removed on the way out


def _end_with_parent() -> None:
    """End this process when its parent has gone, however that came about."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(ORPHANED)
