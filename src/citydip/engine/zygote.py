"""The zygote: a small process that loads a snapshot once and forks a worker for each connection.

Forked workers share the loaded graph; a new one costs milliseconds. Run as a module by the pool:

    python -m citydip.engine.zygote DATA SOCKET MEMORY NICENESS

Its environment names the store to ask instead (``CITYDIP_STORE``), where there is one: no list of processes shows
that, and it may hold a password. Nothing is loaded then.

It writes one JSON line when it is ready, with the statistics of the graph, and one for each worker that ends. It ends
itself when its standard input closes, which happens whenever the process that started it is gone.
"""

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from citydip.engine import frames
from citydip.engine.cores import processors
from citydip.engine.frames import Tag
from citydip.engine.statistics import Statistics
from citydip.engine.store import Loaded, Opened
from citydip.engine.worker import confine, serve

__all__ = ["main"]


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _reap() -> None:
    """Tell of every worker that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say({"ended": pid, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})


def _open_store(data: str, address: str) -> tuple[Callable[[dict[str, Any]], Opened], int, Statistics | None]:
    """Return what opens queries, on the loaded data or at an address, how many files it needs, and statistics."""
    if address:
        # It takes its time to import, and the embedded store does not need it.
        from citydip.engine.remote import FILES, RemoteStore  # noqa: PLC0415

        return RemoteStore(address).open_query, FILES, None
    loaded = Loaded.of(Path(data))
    return loaded.open_query, 0, loaded.statistics


def _step_back(niceness: int) -> None:
    """Let quick queries go before this thread and those that it starts, but not before this process's children."""
    if niceness and sys.platform == "linux":
        _, most = processors()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
            if most:
                os.sched_setaffinity(0, most)


def main(data: str, address: str, memory: int, niceness: int, store: str = "") -> None:
    """Load the data, listen on the address, fork a worker for each connection.

    Args:
        data: the file with the quads.
        address: name of the socket to listen on.
        memory: mebibytes that a worker may take.
        niceness: of loading, which leaves one processor alone where there is any; the workers are as any process.
        store: address of the store to ask instead; empty: none.
    """
    with ThreadPoolExecutor(1, initializer=_step_back, initargs=(niceness,)) as thread:
        ask, files, statistics = thread.submit(_open_store, data, store).result()
    # Reference counts of frozen objects are left alone, so that forked workers keep sharing their pages.
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    selector = selectors.DefaultSelector()
    for source in (listener.fileno(), wake_read, sys.stdin.fileno()):
        selector.register(source, selectors.EVENT_READ)
    _say({"ready": os.getpid(), "statistics": statistics.as_dict() if statistics else None})
    while True:
        ready = {key.fd for key, _ in selector.select()}
        if wake_read in ready:
            os.read(wake_read, 4096)
            _reap()
        if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 4096):
            return
        if listener.fileno() in ready:
            connection, _ = listener.accept()
            try:
                child = os.fork()
            except OSError:
                # There is no process left just now. Who asked sees the connection close, and asks again later.
                connection.close()
                continue
            if child == 0:
                signal.set_wakeup_fd(-1)
                for name in (signal.SIGCHLD, signal.SIGALRM):
                    signal.signal(name, signal.SIG_DFL)
                selector.close()
                listener.close()
                os.close(wake_read)
                os.close(wake_write)
                confine(memory, files)
                if sys.platform == "linux":
                    # It does not take the processor from the web process, which has just asked it and has more to do.
                    with contextlib.suppress(OSError):
                        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
                # Who asked for the worker may have gone in the meantime.
                with contextlib.suppress(ConnectionError):
                    frames.send(connection, Tag.READY, os.getpid().to_bytes(4, "big"))
                    serve(connection, ask)
                os._exit(0)
            connection.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), os.environ.get("CITYDIP_STORE", ""))
