"""Starts a policy pack only once the stack's configuration is known, and hands it that.

Python policy packs read project, stack and configuration from their environment when they start,
but the engine says them by ConfigureStack after it has started the pack. So a small Analyzer stands
in front: it answers Handshake and ConfigureStack, then starts the pack and passes every other call
through, unread.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2
from pulumi.runtime.proto import language_pb2 as rpc

from toolchain.setup.language_host.processes import Children, Chunk, output, stop

_SERVICE = "/pulumirpc.Analyzer/"


class _Analyzer(grpc.GenericRpcHandler):
    """Answers two calls itself and forwards the bytes of all others to the pack's address."""

    def __init__(self) -> None:
        self.configuration: Future[analyzer_pb2.AnalyzerStackConfigureRequest | None] = Future()
        self.pack: Future[grpc.Channel] = Future()
        self._once = threading.Lock()

    def service(self, handler_call_details: Any) -> Any:
        method: str = handler_call_details.method
        if not method.startswith(_SERVICE):
            return None
        own: dict[str, Callable[[bytes, Any], bytes]] = {
            "Handshake": self._handshake,
            "ConfigureStack": self._configure_stack,
        }
        answer = own.get(method.removeprefix(_SERVICE)) or self._forward(method)
        return grpc.unary_unary_rpc_method_handler(answer)

    def settle(self, request: analyzer_pb2.AnalyzerStackConfigureRequest | None) -> None:
        with self._once:
            if not self.configuration.done():
                self.configuration.set_result(request)

    def _handshake(self, _request: bytes, _context: Any) -> bytes:
        return bytes(analyzer_pb2.AnalyzerHandshakeResponse().SerializeToString())

    def _configure_stack(self, request: bytes, _context: Any) -> bytes:
        self.settle(analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request))
        return bytes(analyzer_pb2.AnalyzerStackConfigureResponse().SerializeToString())

    def _forward(self, method: str) -> Callable[[bytes, Any], bytes]:
        def call(request: bytes, context: Any) -> bytes:
            # `pulumi policy publish` asks about the pack without any stack.
            self.settle(None)
            try:
                pack: Any = self.pack.result()
                return bytes(pack.unary_unary(method)(request))
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())
            except RuntimeError as error:
                context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
            raise AssertionError("abort always raises")

        return call


def response(chunk: Chunk) -> rpc.RunPluginResponse:
    name, data = chunk
    if name == "stdout":
        return rpc.RunPluginResponse(stdout=data)
    return rpc.RunPluginResponse(stderr=data)


def stack_environment(
    request: analyzer_pb2.AnalyzerStackConfigureRequest | None,
) -> dict[str, str]:
    """The variables in which a Python policy pack finds its stack; empty without one."""
    if request is None:
        return {}
    found = {
        "PULUMI_ORGANIZATION": request.organization,
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_DRY_RUN": "true" if request.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
    }
    return {key: value for key, value in found.items() if value}


def serve(
    children: Children,
    command: Sequence[str],
    environment: Mapping[str, str],
    directory: str,
    context: Any,
) -> Iterator[rpc.RunPluginResponse]:
    """Runs the pack behind the proxy: the proxy's port, then the pack's output and exit code."""
    analyzer = _Analyzer()
    context.add_callback(lambda: analyzer.settle(None))
    server = grpc.server(ThreadPoolExecutor(max_workers=16), handlers=[analyzer])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield rpc.RunPluginResponse(stdout=f"{port}\n".encode())
        configuration = analyzer.configuration.result()
        if not context.is_active():
            return
        child = children.start(
            command,
            environment={**environment, **stack_environment(configuration)},
            directory=directory,
            captured=True,
        )
        context.add_callback(lambda: stop(child))
        for chunk in _attach(analyzer, output(child)):
            yield response(chunk)
        yield rpc.RunPluginResponse(exitcode=children.wait(child))
    finally:
        server.stop(None)


def _attach(analyzer: _Analyzer, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Takes the pack's port, its first line that is a number, out of its output; connects."""
    unread = b""
    for name, data in chunks:
        if name == "stderr" or analyzer.pack.done():
            yield name, data
            continue
        *lines, unread = (unread + data).split(b"\n")
        for line in lines:
            if line.strip().isdigit() and not analyzer.pack.done():
                analyzer.pack.set_result(grpc.insecure_channel(f"127.0.0.1:{int(line)}"))
            else:
                yield name, line + b"\n"
        if analyzer.pack.done() and unread:
            yield name, unread
    if not analyzer.pack.done():
        analyzer.pack.set_exception(RuntimeError("the policy pack ended before it was ready"))
