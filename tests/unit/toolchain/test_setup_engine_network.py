"""A private engine's way to the world for real: its own namespaces, ports in, packets out."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from toolchain.paths import paths
from toolchain.setup import base_image, engine_choice, engine_uplink
from toolchain.setup.engine import PrivateEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(engine_choice.obstacles()), reason="no private engine can run here"),
]
IMAGE = base_image.BASE_IMAGE


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    """One engine with the base image, for the tests that leave it as it is."""
    engine = PrivateEngine(tmp_path_factory.mktemp("engine") / "home")
    try:
        engine.start()
        base_image.ensure(paths(), engine.docker_host)
        yield engine
    finally:
        engine.stop()


def _client(engine: PrivateEngine) -> Any:
    return docker.DockerClient(base_url=engine.docker_host, timeout=60)


def _python(client: Any, code: str, **options: Any) -> str:
    return str(
        client.containers.run(IMAGE, ["python3", "-c", code], remove=True, **options).decode()
    )


def _free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _machine_address() -> str | None:
    """An address of this machine other than loopback, None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def test_root_in_a_container_is_another_user_on_the_machine(running: PrivateEngine) -> None:
    first = _python(_client(running), "print(open('/proc/self/uid_map').read().split()[1])")
    assert int(first) > 0


def test_the_engine_is_not_in_the_machines_network(running: PrivateEngine) -> None:
    pid = (running.runtime / "pid").read_text().strip()
    assert os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net")
    assert os.readlink(f"/proc/{pid}/ns/mnt") != os.readlink("/proc/self/ns/mnt")


def test_a_tcp_port_is_published_exactly_where_it_was_asked(running: PrivateEngine) -> None:
    port = _free_port()
    code = "import socket; s = socket.create_server(('', 80)); c, _ = s.accept(); "
    code += "d = c.recv(99); c.sendall(d.upper()); c.close()"
    container = _client(running).containers.run(
        IMAGE, ["python3", "-c", code], detach=True, ports={"80/tcp": ("127.0.0.1", port)}
    )
    try:
        if address := _machine_address():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, port), 3)
        assert _ask_until_answered(port) == b"HELLO"
    finally:
        container.remove(force=True)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 3)


def _ask_until_answered(port: int) -> bytes:
    # The publisher listens before the container's own server does.
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", port), 3) as link:
            link.settimeout(3)
            try:
                link.sendall(b"hello")
                link.shutdown(socket.SHUT_WR)
                if answer := link.recv(99):
                    return answer
            except OSError:
                continue
    return b""


def test_a_udp_port_is_published_and_answers_find_their_client(running: PrivateEngine) -> None:
    port = _free_port(socket.SOCK_DGRAM)
    code = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 53))\n"
    code += "while True: d, a = s.recvfrom(99); s.sendto(d.upper(), a)"
    container = _client(running).containers.run(
        IMAGE, ["python3", "-c", code], detach=True, ports={"53/udp": ("127.0.0.1", port)}
    )
    try:
        clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for number, client in enumerate(clients):
            client.settimeout(0.2)
            assert _datagram(client, port, b"from %d" % number) == b"FROM %d" % number
            client.close()
    finally:
        container.remove(force=True)


def _datagram(client: socket.socket, port: int, data: bytes) -> bytes:
    for _ in range(50):
        client.sendto(data, ("127.0.0.1", port))
        try:
            return client.recv(99)
        except TimeoutError:
            continue
    return b""


def test_a_port_that_is_taken_on_the_machine_is_refused_in_words(running: PrivateEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"80/tcp": taken.getsockname()}
        with pytest.raises(docker.errors.APIError, match="Address already in use"):
            _python(_client(running), "", ports=ports)


_ASK = """
import socket, sys
link = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
link.settimeout(10)
link.sendall(b'request')
print(len(link.makefile('rb').read()))
"""
_REACH = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)
    print('reached')
except OSError:
    print('refused')
"""


@pytest.mark.skipif(engine_uplink.obstacle() is not None, reason="no way out on this machine")
def test_a_container_reaches_the_network_but_not_the_machines_own_loopback(
    running: PrivateEngine,
) -> None:
    address = _machine_address()
    if address is None:
        pytest.skip("this machine has no network")
    size = 1_000_000
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        container = _client(running).containers.run(
            IMAGE, ["python3", "-c", _ASK, address, str(port)], detach=True
        )
        server.settimeout(10)
        link, _ = server.accept()
        with link:
            link.settimeout(10)
            assert link.recv(99) == b"request"
            link.sendall(b"x" * size)
        container.wait()
        assert container.logs().decode().strip() == str(size)
        container.remove()
    for bound, gateway, expected in (
        ("", address, "reached"),
        ("127.0.0.1", "169.254.2.1", "refused"),
        ("127.0.0.1", "172.17.0.1", "refused"),
    ):
        with socket.create_server((bound, 0)) as server:
            command = ["python3", "-c", _REACH, gateway, str(server.getsockname()[1])]
            said = _client(running).containers.run(IMAGE, command, remove=True).decode()
        assert said.strip() == expected, gateway


@pytest.mark.skipif(engine_uplink.obstacle() is not None, reason="no way out on this machine")
def test_what_no_connection_explains_is_dropped_on_the_way_in(running: PrivateEngine) -> None:
    pid = (running.runtime / "pid").read_text().strip()
    rule = ["INPUT", "-i", "uplink", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP"]
    subprocess.run(["nsenter", "-t", pid, "-n", "iptables", "-w", "-C", *rule], check=True)
