"""What repair decides: locks, what an interrupted run left, damaged state, plugins that stayed."""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from toolchain.paths import Paths
from toolchain.verbs import backend, leftovers, locks, repair, runs
from toolchain.verbs.deployment import CONTAINER, NETWORK, VOLUME
from toolchain.verbs.errors import VerbError
from toolchain.verbs.leftovers import Thing, Window
from toolchain.verbs.locks import Lock, Standing
from toolchain.verbs.session import Session

TAKEN = 1_000_000.0
WINDOW = Window(TAKEN, TAKEN + 60)


def _lock(**changes: Any) -> Lock:
    return Lock("/l.json", 42, "ann", "here", TAKEN)._replace(**changes)


@pytest.mark.parametrize(
    ("lock", "began", "standing"),
    [
        (_lock(), None, Standing.DEAD),
        (_lock(), TAKEN - 10, Standing.ALIVE),
        (_lock(), TAKEN + 100, Standing.DEAD),
        (_lock(hostname="there"), None, Standing.ELSEWHERE),
        (_lock(hostname="there"), TAKEN - 10, Standing.ELSEWHERE),
    ],
    ids=["gone", "runs", "number reused", "other machine", "other machine, same number"],
)
def test_only_the_lock_of_a_process_gone_from_this_machine_is_dead(
    lock: Lock, began: float | None, standing: Standing
) -> None:
    assert locks.judge(lock, "here", lambda _pid: began) is standing


def test_our_own_process_runs_since_before_now() -> None:
    began = locks.process_start(os.getpid())
    assert began is not None
    assert 0 < began <= Path(f"/proc/{os.getpid()}").stat().st_mtime + 10


def test_a_process_that_ended_and_was_not_collected_counts_as_gone() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert locks.process_start(pid) is None
    os.waitpid(pid, 0)


def test_pulumis_lock_file_is_read_with_its_nanoseconds() -> None:
    text = '{"pid":7,"username":"u","hostname":"h","timestamp":"2026-11-24T00:00:00.123456789Z"}'
    lock = locks.parse("/x", text)
    assert lock is not None
    assert (lock.pid, lock.hostname) == (7, "h")
    assert lock.timestamp == pytest.approx(1795478400.123456)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid":"x","timestamp":"never"}'])
def test_what_is_not_a_lock_is_not_read_as_one(text: str) -> None:
    assert locks.parse("/x", text) is None


def _session(tmp_path: Path) -> Session:
    paths = Paths(root=tmp_path, home=tmp_path / "home")
    folder = backend.FileBackend(str(tmp_path / "state"))
    return Session(paths=paths, env={}, stack="local", backend=folder)


def _write_lock(session: Session, pid: int, hostname: str) -> Path:
    assert session.backend is not None
    folder = Path(session.backend.lock_folder("docklab", "local"))
    folder.mkdir(parents=True)
    path = folder / "uuid.json"
    content = {"pid": pid, "username": "ann", "hostname": hostname}
    path.write_text(json.dumps({**content, "timestamp": "2999-01-01T00:00:00Z"}))
    return path


def test_a_dead_lock_is_removed_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = _session(tmp_path)
    path = _write_lock(session, 2**22 + 1, socket.gethostname())
    assert len(repair.cancel_dead_locks(session)) == 1
    assert not path.exists()
    assert "cancelled the lock of a run that died" in capsys.readouterr().err


def test_a_living_lock_is_refused_and_its_holder_named(tmp_path: Path) -> None:
    session = _session(tmp_path)
    path = _write_lock(session, os.getpid(), socket.gethostname())
    with pytest.raises(VerbError, match=rf"another Pulumi runs on it \(ann@.*pid {os.getpid()}"):
        repair.cancel_dead_locks(session)
    assert path.exists()


def test_the_lock_of_another_machine_is_never_removed(tmp_path: Path) -> None:
    session = _session(tmp_path)
    path = _write_lock(session, 2**22 + 1, "elsewhere")
    with pytest.raises(VerbError, match=r"locked from another machine.*pulumi cancel local"):
        repair.cancel_dead_locks(session)
    assert path.exists()


def _deployment(*operations: tuple[str, str, str], known: Mapping[str, str] = {}) -> dict[str, Any]:
    """operations: (type of operation, type of resource, name); known: id to type."""
    return {
        "resources": [
            {"urn": f"urn:{i}", "type": kind, "id": i, "custom": True} for i, kind in known.items()
        ],
        "pending_operations": [
            {
                "type": how,
                "resource": {"urn": f"urn:{name}", "type": kind, "inputs": {"name": name}},
            }
            for how, kind, name in operations
        ],
    }


def _container(name: str = "docklab-local-web", **changes: Any) -> Thing:
    labels = {"docklab.stack": "local"}
    return Thing("container", name, "id-1", labels, TAKEN + 5)._replace(**changes)


def _removable(*things: Thing, deployment: dict[str, Any] | None = None) -> list[str]:
    found = leftovers.removable(things, deployment or _deployment(), "local", [WINDOW])
    return [thing.name for thing in found]


def test_what_an_interrupted_run_made_is_removed() -> None:
    assert _removable(_container()) == ["docklab-local-web"]


@pytest.mark.parametrize(
    "other",
    [
        _container(labels={"docklab.stack": "other"}),
        _container(labels={}),
        _container(name="somebody-elses"),
        _container(name="docklab-localhost-web"),
        _container(created=TAKEN - 3600),
        _container(created=TAKEN + 3600),
    ],
    ids=["label of another stack", "no label", "foreign name", "longer name", "older", "newer"],
)
def test_what_may_be_somebody_elses_stays(other: Thing) -> None:
    assert _removable(other) == []


def test_what_the_state_knows_stays() -> None:
    assert _removable(_container(), deployment=_deployment(known={"id-1": CONTAINER})) == []


def test_nothing_is_removed_when_no_run_went_wrong() -> None:
    assert leftovers.removable([_container()], _deployment(), "local", []) == ()


def test_containers_go_before_the_networks_and_volumes_they_hold() -> None:
    network = _container("docklab-local-front", kind="network", id="n")
    volume = Thing("volume", "data-0a1b2c3", "data-0a1b2c3", {}, TAKEN)
    pending = _deployment(("creating", VOLUME, "data-0a1b2c3"))
    names = _removable(volume, network, _container(), deployment=pending)
    assert names == ["docklab-local-web", "docklab-local-front", "data-0a1b2c3"]


def test_a_volume_goes_only_if_its_creation_was_cut_short() -> None:
    volume = Thing("volume", "data-0a1b2c3", "data-0a1b2c3", {}, TAKEN)
    assert _removable(volume) == []
    assert _removable(volume, deployment=_deployment(("deleting", VOLUME, "data-0a1b2c3"))) == []


def test_a_volume_with_the_stack_s_label_is_scratch_and_goes_like_a_container() -> None:
    scratch = _container("docklab-local-scratch-1-volume", kind="volume", id="v")
    assert _removable(scratch, _container()) == ["docklab-local-web", scratch.name]
    assert _removable(scratch._replace(created=TAKEN - 3600)) == []
    assert _removable(scratch._replace(labels={})) == []


def test_a_volume_that_the_state_holds_stays_whatever_is_pending() -> None:
    volume = Thing("volume", "data-0a1b2c3", "data-0a1b2c3", {}, TAKEN)
    pending = _deployment(("creating", VOLUME, "data-0a1b2c3"), known={"data-0a1b2c3": VOLUME})
    assert _removable(volume, deployment=pending) == []


def test_interrupted_changes_are_told_from_interrupted_creations() -> None:
    found = _deployment(
        ("creating", CONTAINER, "web"),
        ("deleting", NETWORK, "front"),
        ("updating", CONTAINER, "db"),
    )
    assert [resource["urn"] for resource in leftovers.interrupted_creations(found)] == ["urn:web"]
    assert leftovers.interrupted_others(found) == ("urn:front", "urn:db")


def test_the_window_of_a_dead_run_begins_with_its_lock() -> None:
    assert runs.interruption_window([_lock()], {}, TAKEN + 9) == Window(TAKEN, TAKEN + 9)


def test_without_a_lock_the_checkpoint_says_when() -> None:
    deployment = _deployment(("creating", CONTAINER, "web"))
    deployment["manifest"] = {"time": "2026-11-24T00:00:00.5+01:00"}
    window = runs.interruption_window([], deployment, 1795478400.0)
    assert window is not None
    assert window.holds(1795474800.0)


def test_without_lock_and_pending_operations_nothing_was_interrupted() -> None:
    assert runs.interruption_window([], {"manifest": {"time": "2026-11-24T00:00:00Z"}}, 1.0) is None


@pytest.mark.parametrize(
    ("entry", "window"),
    [
        ({"result": "failed", "startTime": 10, "endTime": 20}, Window(10.0, 21.0)),
        ({"result": "succeeded", "startTime": 10, "endTime": 20}, None),
        ({"result": "failed"}, None),
    ],
)
def test_a_failed_run_has_a_window(entry: dict[str, Any], window: Window | None) -> None:
    assert runs.failure_window(entry) == window


def test_only_the_newest_run_counts(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "history" / "docklab" / "local"
    folder.mkdir(parents=True)
    for moment, result in ((1, "failed"), (2, "succeeded")):
        entry = {"result": result, "startTime": moment, "endTime": moment}
        (folder / f"local-{moment}.history.json").write_text(json.dumps(entry))
    assert runs.last_failure(backend.FileBackend(str(tmp_path)), "docklab", "local") is None
