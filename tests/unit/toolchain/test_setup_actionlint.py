"""actionlint is built as pinned, once, and anew when the pin changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from toolchain.paths import Paths
from toolchain.setup import actionlint, go_build
from toolchain.setup.console import SetupError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(root=tmp_path, home=tmp_path / "home")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module with a pin of its own, in place of the project's."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text("go 1.25.0\n\ngithub.com/rhysd/actionlint v1.0.0 // indirect\n")
    (folder / "go.sum").write_text("")
    monkeypatch.setattr(actionlint, "MODULE", folder)
    return folder


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The targets of the builds; each build leaves a file."""
    found: list[Path] = []

    def build(_paths: Paths, _go: Path, _module: Path, _package: str, target: Path) -> None:
        found.append(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("a program")

    monkeypatch.setattr(go_build, "compile_tool", build)
    monkeypatch.setattr(go_build, "go_for", lambda *_: Path("go"))
    return found


def test_the_pin_names_a_version_and_the_lowest_go_that_builds_it() -> None:
    go, version = actionlint.versions((actionlint.MODULE / "go.mod").read_text())
    assert go >= (1, 25)
    assert version.startswith("v1.")


def test_a_module_without_the_tool_is_refused() -> None:
    with pytest.raises(ValueError, match="no version of actionlint"):
        actionlint.versions("go 1.25.0\n")


@pytest.mark.usefixtures("module")
def test_it_is_built_once(paths: Paths, built: list[Path]) -> None:
    actionlint.ensure(paths)
    actionlint.ensure(paths)
    assert built == [paths.bin / "actionlint"]


def test_another_pin_or_a_lost_program_is_built_anew(
    paths: Paths, module: Path, built: list[Path]
) -> None:
    actionlint.ensure(paths)
    (module / "go.sum").write_text("another")
    actionlint.ensure(paths)
    actionlint.program(paths).unlink()
    actionlint.ensure(paths)
    assert len(built) == 3


@pytest.mark.usefixtures("module", "built")
def test_a_build_that_fails_says_what_it_needs_and_is_tried_again(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    actionlint.ensure(paths)
    (actionlint.MODULE / "go.sum").write_text("another")

    def fail(*_: object) -> None:
        raise SetupError("no route to the proxy")

    with monkeypatch.context() as broken:
        broken.setattr(go_build, "compile_tool", fail)
        for _ in range(2):
            with pytest.raises(SetupError, match=r"module proxy once\.\nno route to the proxy"):
                actionlint.ensure(paths)
    actionlint.ensure(paths)
