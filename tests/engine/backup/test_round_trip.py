"""What comes back is what was there: names, owners, modes, links, attributes, times, contents."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from engine.backup.conftest import NewStack
from engine.backup.stack import Stack

from toolchain.verbs.errors import VerbError

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

FILL = r"""
import os
os.chdir("/v")
os.makedirs(" a b \n\t-\u00fc/deep/er")
os.mkdir("empty"); os.chmod("empty", 0o1777)
names = "-dash", "--", "new\nline", " ", "\u732b", "x" * 255, "back\\slash", "*?[", b"\xff\xfe"
for name in names:
    with open(name, "w") as file: file.write(repr(name))
os.link("-dash", "empty/hard")
os.symlink("/etc/passwd", "absolute"); os.symlink("loop", "loop"); os.symlink("../../..", "up")
os.symlink(b"\xff", "odd"); os.link("up", "up as well")
os.mkfifo("pipe", 0o640)
os.chown("--", 1234, 5678); os.lchown("loop", 33, 44); os.chown("empty", 65534, 65534)
os.chmod("-dash", 0o6755); os.chmod("--", 0)
os.setxattr("--", "user.text", b"wor\0ld\n=\xff"); os.setxattr("empty", "user.folder", b"")
acl = ("02000000 01000700ffffffff 02000700d2040000 04000500ffffffff 10000700ffffffff"
       "20000000ffffffff")
os.setxattr("empty", "system.posix_acl_default", bytes.fromhex(acl))
os.utime("--", ns=(1, 1234567890123456789)); os.utime("empty", ns=(1, 987654321000000001))
os.utime("loop", ns=(1, 5), follow_symlinks=False)
with open("holes", "wb") as file:
    file.seek(16 << 20); file.write(b"the end")
os.chown("/v", 65534, 65533); os.chmod("/v", 0o2750); os.utime("/v", ns=(1, 1111111111222222222))
"""

BIG = """
import os
with open("/v/big", "wb") as file:
    for _ in range(400): file.write(os.urandom(1 << 19))
"""

LIST = r"""
import hashlib, json, os, stat
def said(path):
    found = os.lstat(path)
    kind, content, attributes = stat.S_IFMT(found.st_mode), "", {}
    if stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file: content = hashlib.file_digest(file, "sha256").hexdigest()
    if stat.S_ISLNK(found.st_mode): content = os.readlink(path)
    for name in os.listxattr(path, follow_symlinks=False):
        if name != "security.selinux":
            attributes[name] = os.getxattr(path, name, follow_symlinks=False).hex()
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return [oct(found.st_mode), found.st_uid, found.st_gid, found.st_nlink, found.st_mtime_ns, size,
            content, attributes]
paths = ["/v"] + [os.path.join(at, n) for at, ds, fs in os.walk("/v") for n in ds + fs]
print(json.dumps({path: said(path) for path in sorted(paths)}))
"""


def listing(stack: Stack, key: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(stack.run(key, LIST))
    return found


@pytest.fixture
def stack(each_engine: str, new_stack: NewStack) -> Stack:
    stack = new_stack(each_engine, "data", "other")
    stack.run("data", FILL)
    return stack


def test_a_restored_volume_is_the_volume(stack: Stack) -> None:
    before = listing(stack, "data")
    assert len(before) == 22
    stack.backup()
    stack.run("data", "import os, shutil; os.chmod('/v', 0o777); os.unlink('/v/--')")
    assert listing(stack, "data") != before
    stack.restore("--overwrite")
    assert listing(stack, "data") == before
    assert stack.carriers() == []


def test_a_hole_costs_no_room_after_the_restore(stack: Stack) -> None:
    stack.backup("data")
    stack.restore("--overwrite")
    used = stack.run("data", "import os; print(os.stat('/v/holes').st_blocks * 512)")
    assert int(used) < 1 << 20


def test_owners_in_the_file_are_those_that_containers_see(stack: Stack) -> None:
    folder = stack.backup("data")
    with tarfile.open(folder / "data.tar") as tar:
        root, owned = tar.getmember("volume"), tar.getmember("volume/--")
    assert (root.uid, root.gid) == (65534, 65533)
    assert (owned.uid, owned.gid) == (1234, 5678)


def test_the_manifest_says_what_is_there_and_the_same_volume_gives_the_same_file(
    stack: Stack,
) -> None:
    first, again = stack.backup(to="first"), stack.backup(to="again")
    assert (first / "manifest.json").read_bytes() == (again / "manifest.json").read_bytes()
    found = json.loads((first / "manifest.json").read_text())
    entry = found["volumes"]["data"]
    assert sorted(found["volumes"]) == ["data", "other"]
    assert entry["bytes"] == (first / "data.tar").stat().st_size
    assert entry["volume"] == stack.volumes["data"]
    assert found["stack"] == stack.name
    assert entry["while_written"] is False


def test_only_the_volumes_that_are_named_are_touched(stack: Stack) -> None:
    stack.backup("other")
    assert sorted(path.name for path in (stack.folder / "out" / stack.name).iterdir()) == [
        "manifest.json",
        "other.tar",
    ]
    before = listing(stack, "data")
    stack.run("other", "open('/v/new', 'w').close()")
    stack.restore("--overwrite", "other")
    assert listing(stack, "data") == before
    assert list(listing(stack, "other")) == ["/v"]


def test_memory_does_not_grow_with_the_volume(an_engine: str, new_stack: NewStack) -> None:
    stack = new_stack(an_engine, "big", "small")
    small = stack.peak("backup", "--to", "small", "small")
    stack.run("big", BIG)
    backup = stack.peak("backup", "--to", "big", "big")
    restore = stack.peak("restore", "--from", "big", "--overwrite")
    assert (stack.folder / "big" / stack.name / "big.tar").stat().st_size > 200 << 20
    assert max(backup, restore) < small + 24 * 1024, (small, backup, restore)


def test_data_of_one_stack_go_into_another(
    an_engine: str, new_stack: NewStack, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = new_stack(an_engine, "data"), new_stack(an_engine, "data")
    one.run("data", FILL)
    source: Path = one.backup()
    two.restore(source=str(source))
    assert listing(two, "data") == listing(one, "data")
    assert f"this is data of stack {one.name}" in capsys.readouterr().err


def test_a_volume_of_a_container_with_the_machine_s_user_ids_keeps_them(
    engines_by_kind: dict[bool, str], new_stack: NewStack
) -> None:
    if len(engines_by_kind) < 2:
        pytest.skip("there is no second kind of engine here")
    stack, other = (new_stack(engines_by_kind[kind], "data") for kind in (True, False))
    write = "import os; open('/v/x', 'w').close(); os.chown('/v/x', 7, 8)"
    stack.start("data", "host", write, userns_mode="host").wait()
    manifest = json.loads((stack.backup() / "manifest.json").read_text())
    assert manifest["volumes"]["data"]["userns"] == "host"
    stack.restore("--overwrite")
    owner = "import os; found = os.stat('/v/x'); print(found.st_uid, found.st_gid)"
    seen = stack.start("data", "look", owner, userns_mode="host")
    seen.wait()
    assert seen.logs().strip() == b"7 8"
    with pytest.raises(VerbError, match="data holds the machine's own user ids, of an engine with"):
        other.restore(source=str(stack.folder / "out" / stack.name))
