"""The environment of Pulumi's runs: a user's own values win, and any shell can eval it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from toolchain.paths import Paths, identity, paths
from toolchain.setup import engine_setup, plugins, stamps
from toolchain.setup.environment import as_shell, environment

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Paths:
    """A clone with a space and a quote in its path."""
    root = tmp_path / "it's a clone"
    root.mkdir()
    (root / "requirements.txt").write_text(
        "pulumi==3.272.0\npulumi-docker==5.2.0\npulumi-command==1.2.1\n"
    )
    return Paths(root=root, home=root / ".docklab")


def test_our_folder_comes_first_on_path_and_only_once(clone: Paths) -> None:
    once = environment(clone, {"PATH": "/usr/bin:/bin"})
    again = environment(clone, {"PATH": once["PATH"]})
    assert once["PATH"] == f"{clone.bin}:/usr/bin:/bin"
    assert again["PATH"] == once["PATH"]


@pytest.mark.parametrize(
    "name", ["PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "DOCKER_HOST"]
)
def test_a_value_of_the_user_is_left_alone(clone: Paths, name: str) -> None:
    stamps.write(engine_setup.record_file(clone), {"docker_host": "unix:///ours"})
    assert name in environment(clone, {"PATH": "/bin"})
    assert name not in environment(clone, {"PATH": "/bin", name: "theirs"})


def test_a_passphrase_of_the_user_keeps_our_file_out(clone: Paths) -> None:
    given = {"PATH": "/bin", "PULUMI_CONFIG_PASSPHRASE": "theirs"}
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in environment(clone, given)


def test_plugin_downloads_are_off_only_while_stand_ins_serve(
    clone: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    name = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
    assert name not in environment(clone, {"PATH": "/bin"})
    file = plugins.plugin_file(clone, "docker", "5.2.0")
    text = plugins.script(clone.python, clone.root, "toolchain.standin.docker", True)
    stamps.write_text(file, text, mode=0o755)
    assert environment(clone, {"PATH": "/bin"})[name] == "true"


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh"])
def test_any_shell_reads_the_printed_lines_back_exactly(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} on this machine")
    value = "a 'b' \"c\" $HOME `d` \\ e\nf"
    script = as_shell({"DOCKLAB_TEST": value}) + 'printf %s "$DOCKLAB_TEST"'
    done = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == value


def test_a_script_of_ours_runs_from_a_path_with_spaces_and_quotes(clone: Paths) -> None:
    (clone.root / "module_of_ours.py").write_text("import sys; print(sys.argv[1:])")
    clone.python.parent.mkdir(parents=True)
    clone.python.symlink_to(shutil.which("python3") or "/usr/bin/python3")
    file = clone.bin / "program"
    stamps.write_text(
        file, plugins.script(clone.python, clone.root, "module_of_ours", True), mode=0o755
    )
    done = subprocess.run([file, "a b", "c"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['a b', 'c']"


def test_docklab_home_replaces_the_ignored_folder() -> None:
    assert paths({"DOCKLAB_HOME": "/elsewhere"}).home == Path("/elsewhere")
    assert paths({}).home == ROOT / ".docklab"
    assert paths({}).root == ROOT


def test_two_homes_have_two_identities_and_a_link_has_that_of_its_target(tmp_path: Path) -> None:
    one, two, link = tmp_path / "one", tmp_path / "two", tmp_path / "link"
    one.mkdir()
    os.symlink(one, link)
    assert identity(one) != identity(two)
    assert identity(link) == identity(one)
    assert len(identity(one)) == 8
