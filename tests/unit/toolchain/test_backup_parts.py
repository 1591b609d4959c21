"""Command lines, manifests, files on the disk and the talk with a container."""

import json
import os
import resource
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from toolchain.verbs import deployment as state
from toolchain.verbs.backup import arguments, carrier, files, manifest, recorded, wire
from toolchain.verbs.backup.meter import amount
from toolchain.verbs.errors import VerbError

SUM = "a" * 64
VOLUME = {
    "volume": "data-1",
    "bytes": 10240,
    "members": 1,
    "sha256": SUM,
    "userns": "private",
    "while_written": False,
}
GOOD = {
    "schema": "docklab-backup/1",
    "stack": "dev",
    "engine_remaps_users": True,
    "volumes": {"data": VOLUME},
}


def test_a_command_line_names_a_folder_switches_and_volumes() -> None:
    found = arguments.parse("restore", arguments.RESTORE, ["--from=/b", "--stop", "data", "logs"])
    assert found == arguments.Asked("/b", frozenset({"--stop"}), ("data", "logs"))
    assert arguments.parse("backup", arguments.BACKUP, ["--to", "b"]).folder == "b"


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--form", "/b"], r"restore: '--form' is unknown; there are --from DIR, --stop, --over"),
        (["--from"], "restore: --from needs the name of a folder"),
        (["--from", "--stop"], "restore: --from needs the name of a folder"),
        (["--stop=yes"], "restore: --stop takes no value"),
    ],
)
def test_a_wrong_command_line_is_explained(extra: list[str], words: str) -> None:
    with pytest.raises(VerbError, match=words) as caught:
        arguments.parse("restore", arguments.RESTORE, extra)
    assert caught.value.code == 2


def test_a_manifest_comes_back_as_it_was_written() -> None:
    found = manifest.read(json.dumps(GOOD), "m")
    assert manifest.read(found.text(), "m") == found
    assert json.loads(found.text()) == GOOD


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schema": "docklab-backup/9"}, "schema"),
        ({"volumes": {}}, "volumes"),
        ({"volumes": {"../../etc/x": VOLUME}}, r"volumes\.\.\./\.\./etc/x"),
        ({"volumes": {"data": {**VOLUME, "sha256": "short"}}}, r"volumes\.data\.sha256"),
        ({"volumes": {"data": {**VOLUME, "bytes": -1}}}, r"volumes\.data\.bytes"),
        ({"more": 1}, "more"),
    ],
)
def test_a_manifest_that_is_none_is_refused_by_its_key(change: dict[str, Any], where: str) -> None:
    with pytest.raises(VerbError, match=rf"m\.json is not the manifest of a backup \({where}"):
        manifest.read(json.dumps(GOOD | change), "m.json")
    with pytest.raises(VerbError, match="is not the manifest of a backup"):
        manifest.read("{", "m.json")


def test_volumes_are_those_that_live_by_their_keys() -> None:
    chain = f"docklab:storage:DataVolume${state.VOLUME}"

    def volume(name: str, identity: str, **more: object) -> dict[str, object]:
        return {"urn": f"urn:pulumi:dev::docklab::{chain}::{name}-volume", "id": identity, **more}

    other = {"urn": f"urn:pulumi:dev::docklab::{state.VOLUME}::mine", "id": "mine"}
    found = [volume("b", "b-1"), volume("a", "a-2"), volume("a", "a-1", delete=True), other]
    assert recorded.volumes({"resources": found}) == {"a": "a-2", "b": "b-1"}
    assert recorded.volumes({}) == {}


def test_amounts_are_read_at_a_glance() -> None:
    assert [amount(n) for n in (0, 1023, 1536, 5 << 30)] == [
        "0 bytes",
        "1023 bytes",
        "1.5 KiB",
        "5.0 GiB",
    ]


def test_a_disk_that_takes_no_more_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    words = r"dev\.part: File too large after 0 bytes of data\.tar; the part that was written is"
    try:
        with (
            pytest.raises(VerbError, match=words),
            files.new_folder(tmp_path / "dev") as part,
        ):
            files.Sink(part / "data.tar", lambda _: None).take(b"x" * 8192)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    with files.new_folder(tmp_path / "dev") as part:
        (part / "x").touch()
        assert not (tmp_path / "dev").exists()
    assert [path.name for path in (tmp_path / "dev").iterdir()] == ["x"]
    assert (tmp_path / "dev").stat().st_mode & 0o777 == 0o700
    with (
        pytest.raises(VerbError, match="under way elsewhere"),
        files.alone(tmp_path, "it"),
        files.new_folder(tmp_path / "two"),
    ):
        pass


def frame(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_frames_are_taken_apart_however_they_come(step: int) -> None:
    data, taken = frame(1, b"one") + frame(2, b"!") + frame(1, b"") + frame(1, b"two"), bytearray()
    frames = wire.Frames(taken.extend)
    for at in range(0, len(data), step):
        frames.add(data[at : at + step])
    assert taken == b"onetwo"
    assert frames.complaints == b"!"
    assert frames.is_between


def talked(answer: bytes, runs: bool, patience: float = 5.0) -> str:
    """With a peer that reads nothing, answers, and stays there unless it runs no more."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answer)
        if not runs:
            theirs.shutdown(socket.SHUT_WR)
        endless = iter(lambda: bytes(1 << 20), None)
        return wire.talk(ours, endless, None, lambda: runs, patience)


def test_a_container_that_ends_before_it_is_fed_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    assert talked(frame(2, b"no space"), runs=False) == "no space"
    monkeypatch.setattr(wire, "LOOK_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match="silent for 0 s"):
        talked(b"", runs=True, patience=0.1)


def test_a_container_that_died_without_a_word_is_not_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        endless = iter(lambda: bytes(1 << 20), None)
        assert wire.talk(ours, endless, None, lambda: False, 600) == ""


def test_an_answer_that_is_cut_is_none() -> None:
    with pytest.raises(ConnectionError, match="ends in the middle"):
        talked(frame(1, b"half")[:-1], runs=False)


def test_what_is_fed_arrives_whole() -> None:
    ours, theirs = socket.socketpair()
    got = bytearray()

    def read() -> None:
        while chunk := theirs.recv(65536):
            got.extend(chunk)
        theirs.sendall(frame(2, b'{"done": true}\n'))
        theirs.close()

    reader = threading.Thread(target=read)
    reader.start()
    sent = os.urandom(3 << 20)
    said = wire.talk(ours, iter([sent[:100], sent[100:]]), None, lambda: True, 5)
    reader.join()
    ours.close()
    assert bytes(got) == sent
    assert carrier.ended(said, 0, "data").facts == {"done": True}


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("OSError: [Errno 28] No space left on device\n", 1, "No space left on device"),
        ('{"emptied": true}\n', 137, "it ended with status 137"),
        ("", 0, "it ended with status 0"),
    ],
)
def test_a_carrier_that_did_not_end_well_is_an_error(said: str, code: int, words: str) -> None:
    with pytest.raises(VerbError, match=rf"carries volume data failed: .*{words}"):
        carrier.ended(said, code, "data")
