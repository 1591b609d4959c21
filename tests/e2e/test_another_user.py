"""A user who is not root, in the group that an engine's socket belongs to."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.cloning import link_or_copy
from e2e.harness import Lab, NewLab, sleeping

from toolchain.paths import paths

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0, reason="every test runs as a user other than root"),
]


@pytest.fixture(scope="module")
def user() -> Iterator[str]:
    """A user of this machine, without any group of ours."""
    name = f"docklab-{secrets.token_hex(3)}"
    subprocess.run(["useradd", "--system", "--no-create-home", name], check=True)
    yield name
    subprocess.run(["userdel", "--force", name], check=True)


def python_for_all() -> str:
    """A Python of our version that every user may run: ours may lie in root's own folder."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for found in (getattr(sys, "_base_executable", ""), f"/usr/bin/python{version}"):
        ask = ["setpriv", "--reuid=65534", "--clear-groups", "env", found, "-c", ""]
        if found and subprocess.run(ask, capture_output=True).returncode == 0:
            return found
    pytest.skip(f"no Python {version} here that another user may run")


def hand_over(lab: Lab, user: str, python: str) -> None:
    """Makes the clone the user's, with packages that he may read."""
    venv = lab.home / "venv"
    for name in ("bin", "lib"):
        (venv / name).unlink()
    shutil.copytree(paths().venv / "lib", venv / "lib", symlinks=True, copy_function=link_or_copy)
    for file in (lab.home / "cli").rglob("*"):
        if file.is_symlink():
            source = file.resolve()
            file.unlink()
            shutil.copy2(source, file)
    (venv / "bin").mkdir()
    (venv / "bin" / "python").symlink_to(python)
    version = subprocess.run(
        [python, "-c", "import sys; print(sys.version.split()[0])"],
        capture_output=True,
        text=True,
        check=True,
    )
    stamp = json.loads((venv / "docklab.json").read_text())
    stamp["version"] = version.stdout.strip()
    (venv / "docklab.json").write_text(json.dumps(stamp))
    # What is linked has another name elsewhere, where it must stay root's.
    whose = ["(", "-type", "d", "-o", "-links", "1", ")"]
    change = ["-exec", "chown", "--no-dereference", user, "{}", "+"]
    subprocess.run(["find", str(lab.root.parent), *whose, *change], check=True)


def test_up_down_and_clean_work_for_a_user_in_the_sockets_group(
    user: str, new_lab: NewLab, any_engine: str
) -> None:
    if not any_engine.startswith("unix://"):
        pytest.skip("the engine is on another machine, whatever the user here")
    group = Path(any_engine.removeprefix("unix://")).stat().st_gid
    lab = new_lab(any_engine)
    note = f"mkdir /notes/own; echo > /notes/own/file; {sleeping()[2]}"
    bind = {"source": "${lab_dir}/notes", "target": "/notes", "mode": "rw", "missing": "create"}
    lab.write(lab.small(one={"user": "0:0", "command": ["sh", "-c", note], "binds": [bind]}))
    hand_over(lab, user, python_for_all())
    lab.command = [
        *("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"),
        *("env", f"HOME={lab.root.parent}", f"USER={user}", f"LOGNAME={user}"),
    ]
    assert lab.verb("setup").code == 0
    lab.up()
    notes = lab.home / "lab" / lab.stack / "notes"
    assert (notes / "own" / "file").stat().st_uid != notes.stat().st_uid
    assert lab.verb("down").code == 0
    assert lab.things().nothing()
    assert not notes.parent.exists()
    assert lab.verb("clean").code == 0
    assert not lab.home.exists()
