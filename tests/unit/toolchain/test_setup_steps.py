"""What setup is asked for, and that it gets no part beyond that."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.paths import Paths
from toolchain.setup import engine_setup, plugins, pulumi_cli, steps, venv
from toolchain.setup.console import SetupError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that setup went for, in order; the Pulumi CLI is not to be had."""
    found: list[str] = []

    def unobtainable(*_: object) -> None:
        found.append("pulumi")
        raise SetupError("no CLI here")

    def get(_: Paths, extras: frozenset[str]) -> None:
        found.append(f"packages {sorted(extras)}")

    monkeypatch.setattr(venv, "ensure", get)
    monkeypatch.setattr(pulumi_cli, "ensure", unobtainable)
    monkeypatch.setattr(plugins, "ensure", unobtainable)
    monkeypatch.setattr(engine_setup, "ensure", unobtainable)
    return found


def test_all_parts_are_wanted_unless_said_otherwise() -> None:
    assert steps.parse([]) == steps.Wanted(frozenset(), pulumi=True, engine=True, stack=None)


def test_without_an_engine_pulumi_is_wanted_all_the_same() -> None:
    wanted = steps.parse(["--without-engine", "--with-tests"])
    assert wanted == steps.Wanted(frozenset({"tests"}), pulumi=True, engine=False, stack=None)


@pytest.mark.parametrize("more", [[], ["--stack=local"], ["--without-engine"]])
def test_packages_alone_need_neither_pulumi_nor_an_engine(more: list[str]) -> None:
    wanted = steps.parse(["--only-packages", *more])
    assert (wanted.pulumi, wanted.engine) == (False, False)


def test_the_packages_alone_are_had_on_a_machine_that_can_get_no_pulumi(
    tmp_path: Path, asked: list[str]
) -> None:
    paths = Paths(root=tmp_path, home=tmp_path / "home")
    steps.setup(paths, ["--only-packages", "--with-tests"])
    assert asked == ["packages ['tests']"]
    assert not paths.passphrase.exists()


def test_without_that_argument_the_same_machine_is_refused(
    tmp_path: Path, asked: list[str]
) -> None:
    with pytest.raises(SetupError, match="no CLI here"):
        steps.setup(Paths(root=tmp_path, home=tmp_path / "home"), [])
    assert asked == ["packages []", "pulumi"]


def test_the_argument_is_among_those_that_there_are() -> None:
    with pytest.raises(SetupError, match="there are --only-packages, "):
        steps.parse(["--only-package"])
