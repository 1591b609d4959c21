"""The life of a plugin process: print the port, serve, end quietly when told to or left alone."""

from __future__ import annotations

import os
import select
import signal
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from toolchain.standin.enginelog import EngineLog
from toolchain.standin.resource import Provider
from toolchain.standin.service import StandIn

# An attached container holds its thread until it ends; they are only made when needed.
THREADS = 256
MESSAGE_BYTES = 400 * 1024 * 1024
WATCH_SECONDS = 1.0


def serve(provider: Provider, arguments: list[str]) -> None:
    """Serve this provider until SIGINT, SIGTERM or the end of the process that started this one.

    The last argument is the engine's address.
    """
    told = _signals()
    parent = os.getppid()
    log = EngineLog()
    log.connect(arguments[-1] if arguments else "")
    server = grpc.server(
        ThreadPoolExecutor(max_workers=THREADS),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(provider, log), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # A CLI that is killed tells nobody.
    while os.getppid() == parent and not select.select([told], [], [], WATCH_SECONDS)[0]:
        pass
    provider.close()
    # A thread may still wait for an engine; the process must not wait for the thread.
    os._exit(0)


def _signals() -> int:
    """A pipe that can be read once the process was told to end.

    A handler may run while the main thread holds any lock, so it takes none: not even an Event's.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading
