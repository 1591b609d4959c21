"""A browser for the tests: the one there is, else a package, else the reason why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.setup import apt, browser
from toolchain.setup.console import SetupError
from toolchain.verbs import testing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for; packages can be installed here."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apt, "why_not", lambda: None)
    monkeypatch.setattr(apt, "os_release", lambda: {"ID": "debian"})
    return tmp_path


def put(folder: Path, name: str) -> str:
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


def test_a_browser_that_is_there_is_taken_and_nothing_is_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "install", lambda *_words: pytest.fail("installed"))
    there = put(folder, "google-chrome")
    assert browser.ensure() == there


def test_debians_chromium_is_installed_with_a_font(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def install(_part: str, packages: tuple[str, ...], _why: str) -> None:
        asked.extend(packages)
        put(folder, "chromium")

    monkeypatch.setattr(apt, "install", install)
    assert browser.ensure() == str(folder / "chromium")
    assert asked == ["chromium", "fonts-dejavu-core"]


def test_ubuntus_package_is_not_installed_for_it_is_a_snap(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "os_release", lambda: {"ID": "ubuntu", "ID_LIKE": "debian"})
    monkeypatch.setattr(apt, "install", lambda *_words: pytest.fail("installed"))
    with pytest.raises(SetupError, match="only fetches a snap"):
        browser.ensure()
    assert folder.is_dir()


@pytest.mark.usefixtures("folder")
def test_who_may_not_install_is_told_why_and_the_tests_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apt, "why_not", lambda: "installing packages needs root")
    with pytest.raises(SetupError, match="no Chromium, and installing packages needs root"):
        browser.ensure()
    assert testing._browser().keys() == {testing.NO_BROWSER}
