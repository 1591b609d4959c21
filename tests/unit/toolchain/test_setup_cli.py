"""Which `pulumi` is the user's own."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from toolchain.setup import pulumi_cli, steps
from toolchain.setup.console import SetupError, run
from toolchain.setup.doctor import Finding, table
from toolchain.setup.reachability import why_unreachable


def _program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_users_pulumi_is_found_behind_our_own_launcher(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    _program(ours / "pulumi", "#!/bin/sh\n")
    users = _program(theirs / "pulumi", "#!/bin/sh\nexec asdf pulumi\n")
    assert pulumi_cli.on_path(ours, [str(ours), str(theirs)]) == users


def test_the_launcher_of_another_clone_is_not_the_users_pulumi(tmp_path: Path) -> None:
    launcher = "#!/bin/sh\nexec python -m toolchain.verbs.launcher\n"
    _program(tmp_path / "other" / "pulumi", launcher)
    assert pulumi_cli.on_path(tmp_path / "ours", [str(tmp_path / "other")]) is None


def test_a_file_that_is_not_executable_is_no_pulumi(tmp_path: Path) -> None:
    _program(tmp_path / "pulumi", "text").chmod(0o644)
    assert pulumi_cli.on_path(tmp_path / "ours", [str(tmp_path)]) is None


def test_a_changed_program_has_another_signature(tmp_path: Path) -> None:
    file = _program(tmp_path / "pulumi", "one")
    before = pulumi_cli.signature(file)
    file.write_text("another")
    assert pulumi_cli.signature(file) != before


def test_an_unknown_argument_of_setup_is_named_with_those_that_there_are() -> None:
    with pytest.raises(SetupError, match=r"'--with-test' is unknown; there are .*--with-tests"):
        steps.parse(["--with-test"])


def test_a_host_without_a_name_is_unreachable_within_seconds() -> None:
    begin = time.monotonic()
    assert why_unreachable("docklab.invalid") is not None
    assert time.monotonic() - begin < 4.0


def test_a_host_that_takes_the_connection_and_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        problem = why_unreachable(f"127.0.0.1:{silent.getsockname()[1]}", seconds=0.3)
        assert problem is not None
        assert time.monotonic() - begin < 2.0


def test_a_failed_command_shows_its_last_words_and_keeps_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step"
    with pytest.raises(SetupError, match=r"exited with 3:\n(.*\n)*    last words") as caught:
        run(["sh", "-c", "seq 100; echo last words; exit 3"], log=log)
    assert str(log) in str(caught.value)
    assert "\n    1\n" not in str(caught.value)
    assert log.read_text().startswith("1\n2\n")


def test_a_missing_program_is_named() -> None:
    with pytest.raises(SetupError, match="`docklab-no-such-program` is not installed"):
        run(["docklab-no-such-program"])


def test_the_doctors_table_lines_up_and_puts_the_way_out_below() -> None:
    text = table(
        [
            Finding(part="python", version="3.11.7", source="/usr/bin/python3"),
            Finding(part="engine", way_out="run `make setup`"),
            Finding(part="outbound network", way_out="no pasta", needed=False),
        ]
    )
    lines = text.splitlines()
    assert lines[0].index("VERSION") == lines[1].index("3.11.7")
    assert lines[2].startswith("MISSING  engine")
    assert lines[3].startswith("note     outbound network")
    assert "  engine: run `make setup`" in lines
