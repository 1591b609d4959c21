"""Messages to the engine that started this process: what it is, and what commands print."""

from __future__ import annotations

import socket
import sys
import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_SECONDS = 10.0


class EngineLog:
    """The engine's log; every message is lost silently where there is no engine to hear it."""

    def __init__(self) -> None:
        self._address = ""
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._announced = False
        self._claim: socket.socket | None = None
        self._lock = threading.Lock()

    def connect(self, address: str) -> None:
        """Log to the engine at this address; an empty one changes nothing."""
        with self._lock:
            if address and address != self._address:
                self._address = address
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def announce(self, name: str, text: str) -> None:
        """Say this once for all processes of this provider that one engine starts.

        The engine starts a process for each provider resource. Where the
        system has names that die with their process, the first to bind one is the one that speaks.
        """
        if self._announced:
            return
        self._announced = True
        if sys.platform == "linux" and not self._claimed(name):
            return
        self._send(text, "", ephemeral=False)

    def _claimed(self, name: str) -> bool:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            claim.bind(f"\0standin/{name}/{self._address}")
        except OSError:
            claim.close()
            return False
        self._claim = claim
        return True

    def status(self, text: str, urn: str) -> None:
        """Show a line beside a resource while it is worked on."""
        self._send(text, urn, ephemeral=True)

    def _send(self, text: str, urn: str, *, ephemeral: bool) -> None:
        if self._stub is None:
            return
        request = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=text, urn=urn, ephemeral=ephemeral
        )
        try:
            self._stub.Log(request, timeout=_SECONDS)
        except grpc.RpcError:
            return
