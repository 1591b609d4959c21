"""Private engines for real: they start, crash, run side by side, and leave nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from toolchain.paths import paths
from toolchain.setup import base_image, engine_choice, engine_leftovers
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


def _client(engine: PrivateEngine) -> Any:
    return docker.DockerClient(base_url=engine.docker_host, timeout=60)


def _python(client: Any, code: str, **options: Any) -> str:
    return str(
        client.containers.run(IMAGE, ["python3", "-c", code], remove=True, **options).decode()
    )


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
    engine.stop()
    assert _left_of(engine) == []


def test_a_pid_file_of_before_a_reboot_harms_no_process_that_has_the_number_now(home: Path) -> None:
    engine = PrivateEngine(home)
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        engine.runtime.mkdir(parents=True)
        for name in ("pid", "dockerd.pid"):
            (engine.runtime / name).write_text(str(bystander.pid))
        engine.kill()
        assert bystander.poll() is None
        engine.start()
        assert engine.running()
        engine.stop()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_two_engines_run_side_by_side_with_the_same_names_and_subnets(
    home: Path, tmp_path: Path
) -> None:
    one, other = PrivateEngine(home), PrivateEngine(tmp_path / "other")
    try:
        for engine in (one, other):
            engine.start()
            pool = docker.types.IPAMPool(subnet="172.30.99.0/24")
            config = docker.types.IPAMConfig(pool_configs=[pool])
            _client(engine).networks.create("same", driver="bridge", ipam=config)
        one.stop()
        network = _client(other).networks.get("same")
        bridges = subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True)
        assert network.id[:12] not in bridges.stdout
    finally:
        other.stop()
    assert _left_of(one) == _left_of(other) == []


def test_without_remapping_root_in_a_container_is_root_on_the_machine(home: Path) -> None:
    engine = PrivateEngine(home, userns_remap=False)
    engine.start()
    base_image.ensure(paths(), engine.docker_host)
    first = _python(_client(engine), "print(open('/proc/self/uid_map').read().split()[1])")
    assert int(first) == 0
