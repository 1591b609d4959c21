"""Versions are read from the files that pin them."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolchain.setup import pins
from toolchain.setup.console import SetupError

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0\n", (3, 259, 0)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.27 linux/amd64", (1, 27)),
        ("3.300.0-alpha.x12", (3, 300, 0)),
    ],
)
def test_a_version_is_found_in_what_a_program_prints(text: str, version: pins.Version) -> None:
    assert pins.parse_version(text) == version


def test_a_text_without_a_version_gives_none() -> None:
    assert pins.parse_version("command not found") is None


def test_versions_compare_as_numbers_not_as_text() -> None:
    older, newer = pins.parse_version("v3.99.0"), pins.parse_version("v3.259.0")
    assert older is not None
    assert newer is not None
    assert older < newer


@pytest.mark.parametrize(
    "line",
    [
        "pulumi-docker==5.2.0",
        "pulumi_docker == 5.2.0  # why",
        "Pulumi-Docker==5.2.0;python_version>'3'",
    ],
)
def test_a_pin_is_read_however_it_is_spelled(line: str) -> None:
    assert (
        pins.pinned(f"# pulumi-docker==1.0.0\npulumi==3.272.0\n{line}\n", "pulumi-docker")
        == "5.2.0"
    )


def test_one_package_is_not_taken_for_another_with_the_same_beginning() -> None:
    assert pins.pinned("pulumi-docker==5.2.0\npulumi==3.272.0\n", "pulumi") == "3.272.0"


def test_a_package_that_is_not_pinned_exactly_is_refused_by_name() -> None:
    with pytest.raises(SetupError, match="no exact version of pulumi-docker"):
        pins.pinned("pulumi-docker>=5\n", "pulumi-docker")


def test_the_go_module_pins_a_cli_that_the_project_accepts() -> None:
    go, version = pins.go_module_versions((pins.GO_MODULE / "go.mod").read_text())
    found = pins.parse_version(version)
    assert go >= (1, 25)
    assert found is not None
    assert found >= pins.MINIMUM_CLI


def test_pulumi_yaml_asks_for_the_same_lowest_cli() -> None:
    assert f'">={pins.show(pins.MINIMUM_CLI)}"' in (ROOT / "Pulumi.yaml").read_text()
