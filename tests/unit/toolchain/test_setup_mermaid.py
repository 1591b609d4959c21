"""The real mermaid for the tests: kept once it is there, and only the one that is pinned."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from toolchain.paths import Paths
from toolchain.setup import mermaid
from toolchain.setup.console import SetupError
from toolchain.verbs import testing

SCRIPT = b"globalThis.mermaid = {}"
NPM = """#!/bin/sh
while [ "$1" != --pack-destination ]; do shift; done
cp {package} "$2/{name}"
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(root=tmp_path, home=tmp_path / "home")


def package(file: Path) -> str:
    """A package with the script in it; its integrity."""
    with tarfile.open(file, "w:gz") as archive:
        one = tarfile.TarInfo("package/dist/mermaid.min.js")
        one.size = len(SCRIPT)
        archive.addfile(one, io.BytesIO(SCRIPT))
    return "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def npm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An npm that hands out a package of ours; the package's integrity."""
    integrity = package(folder / "ours.tgz")
    program = folder / "npm"
    name = f"mermaid-{mermaid.VERSION}.tgz"
    program.write_text(NPM.format(package=folder / "ours.tgz", name=name))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return integrity


def test_the_script_comes_out_of_the_pinned_package_and_is_kept(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mermaid, "INTEGRITY", npm(tmp_path, monkeypatch))
    script = mermaid.ensure(paths)
    assert script.read_bytes() == SCRIPT
    assert [file.name for file in paths.cache.iterdir()] == [script.name]
    (tmp_path / "npm").write_text("#!/bin/sh\nexit 1\n")
    assert mermaid.ensure(paths) == script


def test_another_package_under_the_same_name_is_refused(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm(tmp_path, monkeypatch)
    with pytest.raises(SetupError, match="is not the pinned one"):
        mermaid.ensure(paths)
    assert list(paths.cache.iterdir()) == []


def test_without_npm_the_way_out_is_said_and_the_tests_are_left_out(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"there is no npm .* install Node\.js and npm"):
        mermaid.ensure(paths)
    assert testing._mermaid(paths).keys() == {testing.NO_MERMAID}
