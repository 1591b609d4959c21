"""The life of a plugin process: print the port, serve, end quietly when told to or left alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from toolchain import plugin_end
from toolchain.standin.enginelog import EngineLog
from toolchain.standin.resource import Provider
from toolchain.standin.service import StandIn

# An attached container holds its thread until it ends; they are only made when needed.
THREADS = 256
MESSAGE_BYTES = 400 * 1024 * 1024


def serve(provider: Provider, arguments: list[str]) -> None:
    """Serve this provider until SIGINT, SIGTERM or the end of the process that started this one.

    The last argument is the engine's address.
    """
    told = plugin_end.listen()
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
    plugin_end.wait(told, parent)
    provider.close()
    # A thread may still wait for an engine; the process must not wait for the thread.
    os._exit(0)
