"""Private engines for real: they start, crash, run side by side, publish ports, leave nothing."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from toolchain.paths import paths
from toolchain.setup import base_image, engine_choice, engine_leftovers, engine_uplink
from toolchain.setup.engine import PrivateEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(engine_choice.obstacles()), reason="no private engine can run here"),
]
IMAGE = base_image.BASE_IMAGE


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose path has spaces, below a folder that only root may enter."""
    parent = tmp_path / "a folder of root's"
    parent.mkdir(mode=0o700)
    yield parent / ".docklab"
    PrivateEngine(parent / ".docklab").stop()


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


def _left_of(engine: PrivateEngine) -> list[str]:
    name = engine_leftovers.cgroup_name(engine.engine_id)
    groups = [*Path("/sys/fs/cgroup").glob(name), *Path("/sys/fs/cgroup").glob(f"*/{name}")]
    mounts = engine_leftovers.mounts_below(engine.runtime)
    left = [str(place) for place in (*groups, *mounts) if place]
    left += [f"process {pid}" for pid in engine_leftovers.processes(engine.engine_id)]
    return left + ([str(engine.runtime)] if engine.runtime.exists() else [])


def test_an_engine_starts_below_a_folder_that_only_root_may_enter_and_leaves_nothing(
    home: Path,
) -> None:
    engine = PrivateEngine(home)
    assert not engine.exists()
    assert not engine.running()
    engine.start()
    assert engine.running()
    assert _client(engine).info()["DockerRootDir"].startswith("/run/docklab/")
    assert _left_of(engine)
    engine.stop()
    assert not engine.running()
    assert _left_of(engine) == []
    assert engine.exists()


def test_starting_a_running_engine_and_stopping_a_stopped_one_change_nothing(home: Path) -> None:
    engine = PrivateEngine(home)
    engine.start()
    before = (engine.runtime / "pid").read_text()
    PrivateEngine(home).start()
    assert (engine.runtime / "pid").read_text() == before
    engine.stop()
    engine.stop()
    assert _left_of(engine) == []


def test_a_volume_keeps_its_data_when_the_engine_is_killed_and_started_again(home: Path) -> None:
    engine = PrivateEngine(home)
    engine.start()
    base_image.ensure(paths(), engine.docker_host)
    _python(_client(engine), "open('/data/f','w').write('kept')", volumes=["data:/data"])
    client = _client(engine)
    client.containers.run(
        IMAGE, ["sleep", "60"], name="sleeper", detach=True, stop_signal="SIGKILL"
    )
    engine.kill()
    assert not engine.running()
    engine.start()
    assert (
        _python(_client(engine), "print(open('/data/f').read())", volumes=["data:/data"])
        == "kept\n"
    )
    sleeper = _client(engine).containers.get("sleeper")
    assert sleeper.status == "exited"
    sleeper.start()


def test_a_pid_file_of_before_a_reboot_harms_no_process_that_has_the_number_now(home: Path) -> None:
    engine = PrivateEngine(home)
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        engine.runtime.mkdir(parents=True)
        for name in ("pid", "dockerd.pid"):
            (engine.runtime / name).write_text(str(bystander.pid))
        engine.start()
        assert engine.running()
        engine.stop()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_two_engines_run_side_by_side_with_the_same_names_and_subnets(
    home: Path, running: PrivateEngine
) -> None:
    other = PrivateEngine(home)
    other.start()
    for engine in (other, running):
        pool = docker.types.IPAMPool(subnet="172.30.99.0/24")
        config = docker.types.IPAMConfig(pool_configs=[pool])
        _client(engine).networks.create("same", driver="bridge", ipam=config)
    other.stop()
    network = _client(running).networks.get("same")
    network.remove()
    bridges = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
    assert network.id[:12] not in bridges.stdout


def test_root_in_a_container_is_another_user_on_the_machine(running: PrivateEngine) -> None:
    first = _python(_client(running), "print(open('/proc/self/uid_map').read().split()[1])")
    assert int(first) > 0


def test_without_remapping_root_in_a_container_is_root_on_the_machine(home: Path) -> None:
    engine = PrivateEngine(home, userns_remap=False)
    engine.start()
    base_image.ensure(paths(), engine.docker_host)
    first = _python(_client(engine), "print(open('/proc/self/uid_map').read().split()[1])")
    assert int(first) == 0


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


_CONNECT = """
import socket, sys
try:
    print(len(socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).makefile('rb').read()))
except OSError as error:
    print(type(error).__name__)
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
            IMAGE, ["python3", "-c", _CONNECT, address, str(port)], detach=True
        )
        server.settimeout(10)
        link, _ = server.accept()
        with link:
            link.sendall(b"x" * size)
        container.wait()
        assert container.logs().decode().strip() == str(size)
        container.remove()
    with socket.create_server(("127.0.0.1", 0)) as local:
        port = local.getsockname()[1]
        for gateway in ("169.254.2.1", "172.17.0.1"):
            command = ["python3", "-c", _CONNECT, gateway, str(port)]
            said = _client(running).containers.run(IMAGE, command, remove=True).decode()
            assert said.strip() in ("TimeoutError", "ConnectionRefusedError", "OSError")


def test_the_engine_is_not_in_the_machines_network(running: PrivateEngine) -> None:
    pid = (running.runtime / "pid").read_text().strip()
    assert os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net")
    assert os.readlink(f"/proc/{pid}/ns/mnt") != os.readlink("/proc/self/ns/mnt")
