"""The launcher script itself, with a program in the CLI's place that says what it got."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toolchain.verbs import backend
from toolchain.verbs.launcher import install, selection, stackfiles
from toolchain.verbs.launcher.script import write

ROOT = Path(__file__).resolve().parents[3]
SALT = "v1:c2FsdA==:v1:nonce:cipher"

_REPORTER = """#!/bin/sh
for argument in "$@"; do
  printf '%s\\n' "$argument"
  case "$argument" in --config-file=*) cat "${argument#--config-file=}" ;; esac
done
pwd
exit 7
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "a clone's folder"
    (root / "stacks").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: docklab\nruntime: python\nstackConfigDir: stacks\n")
    (root / "stacks" / "Pulumi.a.yaml").write_text("config:\n  docklab:x: y\n")
    real = root / "real cli"
    real.write_text(_REPORTER)
    real.chmod(0o755)
    home = root / ".docklab"
    write(
        home / "bin" / "pulumi",
        python=Path(sys.executable),
        root=ROOT,
        real_cli=real,
        stacks=home / "stacks",
    )
    _checkpoint(home / "state", "a", {"type": "passphrase", "state": {"salt": SALT}})
    return root


def _checkpoint(state: Path, stack: str, provider: object) -> None:
    folder = state / ".pulumi" / "stacks" / "docklab"
    folder.mkdir(parents=True, exist_ok=True)
    document = {"version": 3, "checkpoint": {"latest": {"secrets_providers": provider}}}
    (folder / f"{stack}.json").write_text(json.dumps(document))


def _run(clone: Path, *argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
    settings = {
        "PATH": os.environ["PATH"],
        "PULUMI_BACKEND_URL": f"file://{clone}/.docklab/state",
        "PULUMI_HOME": str(clone / ".docklab" / "pulumi-home"),
        **env,
    }
    command = [str(clone / ".docklab" / "bin" / "pulumi"), *argv]
    return subprocess.run(
        command, cwd=clone, env=settings, capture_output=True, text=True, check=False
    )


def test_the_real_cli_reads_a_copy_with_the_salt_of_the_state(clone: Path) -> None:
    done = _run(clone, "up", "-s", "a", "-m", "with space")
    assert done.returncode == 7
    rendered = clone / ".docklab" / "stacks" / "Pulumi.a.yaml"
    assert done.stdout.splitlines() == [
        "up",
        f"--config-file={rendered}",
        "config:",
        "  docklab:x: y",
        f"encryptionsalt: {SALT}",
        *("-s", "a", "-m", "with space"),
        str(clone),
    ]
    assert (clone / "stacks" / "Pulumi.a.yaml").read_text() == "config:\n  docklab:x: y\n"
    assert rendered.stat().st_mode & 0o777 == 0o600


def test_a_stack_file_with_its_own_salt_is_left_to_pulumi(clone: Path) -> None:
    (clone / "stacks" / "Pulumi.a.yaml").write_text("encryptionsalt: v1:own\n")
    assert _run(clone, "up", "-s", "a").stdout.splitlines() == ["up", "-s", "a", str(clone)]


def test_a_config_file_that_the_user_names_is_the_users(clone: Path) -> None:
    argv = ["up", "-s", "a", "--config-file", "mine.yaml"]
    assert _run(clone, *argv).stdout.splitlines() == [*argv, str(clone)]


def test_another_project_is_none_of_the_launchers_business(clone: Path) -> None:
    (clone / "Pulumi.yaml").write_text("name: other\nruntime: python\nstackConfigDir: stacks\n")
    assert _run(clone, "up", "-s", "a").stdout.splitlines() == ["up", "-s", "a", str(clone)]


def test_the_stack_of_another_project_is_none_of_the_launchers_business(clone: Path) -> None:
    argv = ["up", "-s", "organization/other/a"]
    assert _run(clone, *argv).stdout.splitlines() == [*argv, str(clone)]


@pytest.mark.parametrize("env", [{"PULUMI_STACK": "a"}, {"PULUMI_STACK": "organization/docklab/a"}])
def test_the_stack_may_come_from_the_environment(clone: Path, env: dict[str, str]) -> None:
    assert "--config-file=" in _run(clone, "preview", **env).stdout


def test_the_selected_stack_is_found_in_pulumis_own_workspace_file(clone: Path) -> None:
    project = stackfiles.find_project(str(clone))
    assert project is not None
    home = str(clone / ".docklab" / "pulumi-home")
    path = Path(selection.workspace_files(home, project, None, str(clone))[0])
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"stacks": {f"file://{clone}/.docklab/state": "a"}}))
    assert "Pulumi.a.yaml" in _run(clone, "preview").stdout


def test_no_stack_is_an_error_that_lists_the_stack_files(clone: Path) -> None:
    done = _run(clone, "up")
    assert done.returncode == 1
    assert "add --stack NAME" in done.stderr
    assert done.stderr.rstrip().endswith("stacks: a)")


def test_cwd_is_followed(clone: Path) -> None:
    done = subprocess.run(
        [str(clone / ".docklab" / "bin" / "pulumi"), "-C", str(clone), "up", "-s", "a"],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Pulumi.a.yaml" in done.stdout


def test_stack_init_runs_in_a_shadow_of_the_project(clone: Path) -> None:
    done = _run(clone, "stack", "init", "b", "--no-select", PULUMI_BACKEND_URL="file://./state")
    shadow = clone / ".docklab" / "stacks"
    assert done.stdout.splitlines()[:2] == ["--cwd", str(shadow)]
    assert (shadow / "Pulumi.yaml").read_text() == "name: docklab\nruntime: python\n"
    assert not (clone / "stacks" / "Pulumi.b.yaml").exists()


def test_the_launcher_refuses_to_run_itself(clone: Path) -> None:
    own = clone / ".docklab" / "bin" / "pulumi"
    with pytest.raises(ValueError, match="is the launcher itself"):
        write(own, python=Path(sys.executable), root=ROOT, real_cli=own, stacks=clone)


def test_install_puts_the_launcher_where_path_begins(tmp_path: Path) -> None:
    from toolchain.paths import Paths

    paths = Paths(root=ROOT, home=tmp_path / "home")
    install(paths, Path("/opt/pulumi"))
    assert "/opt/pulumi" in (paths.bin / "pulumi").read_text()
    assert os.access(paths.bin / "pulumi", os.X_OK)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///a/b", "/a/b"),
        ("file:///a%20b", "/a b"),
        ("file:///a b?no_tmp_dir=true", "/a b"),
        ("file://~", "/home/u"),
        ("file://~/s", "/home/u/s"),
        ("file://./s", "/clone/s"),
        ("file://s", "/clone/s"),
    ],
)
def test_a_file_backend_is_where_pulumi_has_it(url: str, root: str) -> None:
    assert backend.locate(url, "/clone", "/home/u") == backend.FileBackend(root)


@pytest.mark.parametrize("url", [None, "", "s3://bucket", "https://api.example.org"])
def test_other_backends_are_not_files(url: str | None) -> None:
    assert backend.locate(url, "/", "/") is None
