"""`python -m toolchain.setup.language_host ENGINE_ADDRESS`, as the Pulumi CLI starts it."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from toolchain import plugin_end
from toolchain.setup.language_host.service import LanguageHost

_MESSAGE_LIMIT_BYTES = 1024 * 1024 * 400


def main(arguments: list[str]) -> int:
    if "-version" in arguments or "--version" in arguments:
        print(version("pulumi"))
        return 0
    engine_address = arguments[-1] if arguments and not arguments[-1].startswith("-") else ""
    told, parent = plugin_end.listen(), os.getppid()
    host = LanguageHost(engine_address)
    server = grpc.server(
        ThreadPoolExecutor(max_workers=32),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT_BYTES),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    plugin_end.wait(told, parent)
    host.children.interrupt()
    server.stop(None)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # Threads that still wait for a call of the engine must not keep the process.
    os._exit(code)
