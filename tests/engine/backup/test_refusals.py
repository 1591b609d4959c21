"""What a restore refuses, before it touches anything; and what it says when it could not end."""

from __future__ import annotations

import hashlib
import io
import json
import signal
import tarfile
import time
from pathlib import Path

import pytest
from engine.backup.conftest import NewStack
from engine.backup.stack import Stack

from toolchain.verbs.errors import VerbError

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
WRITE = "open('/v/kept', 'w').write('precious')"
READ = "import os; print({n: open('/v/' + n).read() for n in sorted(os.listdir('/v'))})"
PRECIOUS = "{'kept': 'precious'}"


@pytest.fixture
def stack(an_engine: str, new_stack: NewStack) -> Stack:
    """With a backup in out/ of one file, and the volume empty again."""
    stack = new_stack(an_engine, "data")
    stack.run("data", WRITE)
    stack.backup()
    stack.run("data", "import os; os.unlink('/v/kept')")
    return stack


def refused(stack: Stack, words: str, *arguments: str) -> None:
    before = stack.run("data", READ)
    with pytest.raises(VerbError, match=rf"(?s){words}.*Nothing was changed\."):
        stack.restore(*arguments)
    assert stack.run("data", READ) == before
    assert stack.carriers() == []


def test_a_volume_that_a_container_has_is_refused_until_it_may_be_stopped(stack: Stack) -> None:
    container = stack.start("data", "web", ro=True)
    refused(stack, f"in use by {stack.name}-web: give --stop, which stops them and starts them")
    container.reload()
    begun = container.attrs["State"]["StartedAt"]
    stack.restore("--stop")
    assert stack.run("data", READ).strip() == PRECIOUS
    container.reload()
    assert container.status == "running"
    assert container.attrs["State"]["StartedAt"] > begun


def test_a_paused_container_uses_its_volume(stack: Stack) -> None:
    stack.start("data", "web").pause()
    refused(stack, f"in use by {stack.name}-web")


def test_a_container_that_is_stopped_is_in_nobody_s_way_and_stays_so(stack: Stack) -> None:
    container = stack.start("data", "web")
    container.stop(timeout=1)
    stack.restore("--stop")
    container.reload()
    assert container.status == "exited"


def test_a_stranger_s_container_is_never_stopped(stack: Stack) -> None:
    container = stack.start("data", "stranger", labels={})
    words = f"in use by {stack.name}-stranger, which is no container of stack {stack.name}"
    refused(stack, f"{words}: `docker stop {stack.name}-stranger`", "--stop")
    container.reload()
    assert container.status == "running"


def test_a_volume_with_data_is_replaced_only_on_demand(stack: Stack) -> None:
    stack.run("data", "import os; os.mkdir('/v/d'); open('/v/newer', 'w').write('!')")
    with pytest.raises(VerbError, match=r"not empty: data \(.*\)\. Give --overwrite"):
        stack.restore()
    stack.restore("--overwrite")
    assert stack.run("data", READ).strip() == PRECIOUS


def test_a_file_that_was_changed_cut_or_taken_away_is_refused(stack: Stack) -> None:
    file = stack.folder / "out" / stack.name / "data.tar"
    whole = file.read_bytes()
    at = whole.index(b"precious")
    file.write_bytes(whole[:at] + b"P" + whole[at + 1 :])
    refused(stack, r"data\.tar is refused: .*its checksum is another")
    file.write_bytes(whole[:1536])
    refused(stack, r"data\.tar is refused: .*its checksum is another")
    file.unlink()
    refused(stack, r"data\.tar: No such file or directory; the backup is not whole")


def test_a_volume_that_the_stack_or_the_backup_does_not_have_is_named(
    stack: Stack, new_stack: NewStack, an_engine: str
) -> None:
    refused_by_name = r"the backup in .* has no volume logs; it has: data\."
    with pytest.raises(VerbError, match=refused_by_name):
        stack.restore("logs")
    other = new_stack(an_engine, "logs")
    with pytest.raises(VerbError, match=rf"stack {other.name} has no volume data; it has: logs\."):
        other.restore(source=str(stack.folder / "out" / stack.name))


def test_a_folder_without_a_backup_is_said_to_be_one(stack: Stack) -> None:
    with pytest.raises(VerbError, match=rf"no backup of stack {stack.name} in .*nowhere"):
        stack.restore(source="nowhere")


def hostile(stack: Stack, *members: tarfile.TarInfo) -> None:
    """Puts an archive in the place of the backup's, with a manifest that vouches for it."""
    root = tarfile.TarInfo("volume")
    root.type, root.mode = tarfile.DIRTYPE, 0o755
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for member in (root, *members):
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    folder: Path = stack.folder / "out" / stack.name
    (folder / "data.tar").write_bytes(made.getvalue())
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["volumes"]["data"] |= {
        "bytes": len(made.getvalue()),
        "members": 1 + len(members),
        "sha256": hashlib.sha256(made.getvalue()).hexdigest(),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_an_archive_that_climbs_out_is_refused_though_its_checksum_is_right(stack: Stack) -> None:
    member = tarfile.TarInfo("volume/../../etc/cron.d/evil")
    member.size = 1
    hostile(stack, member)
    refused(stack, r"its member 'volume/\.\./\.\./etc/cron\.d/evil' climbs out with '\.\.'")


def test_an_archive_with_a_device_is_refused(stack: Stack) -> None:
    member = tarfile.TarInfo("volume/sda")
    member.type, member.devmajor, member.devminor = tarfile.BLKTYPE, 8, 0
    hostile(stack, member)
    refused(stack, "its member 'volume/sda' is a device node")


def test_a_restore_that_cannot_end_says_what_it_left(an_engine: str, new_stack: NewStack) -> None:
    stack = new_stack(an_engine, "a", "b", "c")
    for key in stack.volumes:
        stack.run(key, "open('/v/kept', 'wb').write(b'x' * (4 << 20))")
    stack.backup()
    for key in stack.volumes:
        stack.run(key, "import os; os.unlink('/v/kept')")
    small = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    stack.client.volumes.get(stack.volumes["b"]).remove()
    stack.client.volumes.create(stack.volumes["b"], driver_opts=small)
    container = stack.start("b", "user")
    with pytest.raises(VerbError) as caught:
        stack.restore("--stop")
    said = str(caught.value)
    assert "No space left on device" in said
    assert f"Volume b ({stack.volumes['b']}) is NOT restored" in said
    assert "Restored: a. Not touched: c." in said
    assert f"left stopped; `docker start {stack.name}-user`" in said
    container.reload()
    assert container.status == "exited"
    assert stack.run("c", "import os; print(os.listdir('/v'))").strip() == "[]"
    assert stack.carriers() == []


def test_an_interrupted_restore_says_that_the_volume_is_not_restored(
    an_engine: str, new_stack: NewStack
) -> None:
    stack = new_stack(an_engine, "data")
    much = (
        "import os; f = open('/v/much', 'wb'); [f.write(os.urandom(1 << 20)) for _ in range(300)]"
    )
    stack.run("data", much)
    stack.backup()
    process = stack.begin("restore", "--from", "out", "--overwrite")
    while not stack.carriers():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert f"interrupted. Volume data ({stack.volumes['data']}) is NOT restored" in said
    assert "run the same again, with --overwrite" in said
    assert "Traceback" not in said
    assert stack.carriers() == []
    stack.restore("--overwrite")
    assert stack.run("data", "import os; print(os.stat('/v/much').st_size)").strip() == "314572800"
