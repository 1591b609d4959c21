"""Running commands: their streams, their end, what stops them. Real processes throughout."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from toolchain.standin.command.run import Command, run
from toolchain.standin.errors import ResourceError


def never() -> str | None:
    return None


def test_the_two_streams_are_apart_and_lose_one_line_end() -> None:
    assert run(Command(text="printf 'a\\n\\n'; echo b >&2"), never) == ("a\n", "b")


def test_a_failure_says_the_status_the_command_and_all_it_printed() -> None:
    with pytest.raises(ResourceError) as caught:
        run(Command(text="echo out; echo err >&2; exit 7"), never)
    text = str(caught.value)
    assert text.startswith('exit status 7: running "echo out; echo err >&2; exit 7":\n')
    assert {"out", "err"} <= set(text.split("\n"))


def test_the_environment_is_added_to_and_its_values_are_not_in_the_error() -> None:
    command = Command(text="test -n $HOME && exit $CODE", environment={"CODE": "9", "W": "hunter"})
    with pytest.raises(ResourceError, match="exit status 9") as caught:
        run(command, never)
    assert "hunter" not in str(caught.value)


def test_a_folder_or_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="no-folder"):
        run(Command(text="true", directory=str(tmp_path / "no-folder")), never)
    with pytest.raises(ResourceError, match="no-shell"):
        run(Command(text="true", interpreter=["/no-shell"]), never)


def test_input_reaches_the_command_and_need_not_be_read() -> None:
    assert run(Command(text="cat", stdin="given"), never)[0] == "given"
    assert run(Command(text="true", stdin="x" * 1_000_000), never) == ("", "")


def test_only_the_streams_that_are_asked_for_are_shown() -> None:
    heard: list[str] = []
    command = Command(
        text="echo one; echo two >&2; echo three",
        shown=frozenset({"stdout"}),
        show=heard.append,
    )
    run(command, never)
    assert heard == ["one", "three"]


def test_a_command_that_must_stop_ends_with_all_that_it_started(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    begun = time.monotonic()
    text = f"(sleep 0.8; touch '{marker}') & sleep 100"
    with pytest.raises(ResourceError, match="the operation was cancelled"):
        run(Command(text=text), lambda: "the operation was cancelled")
    assert time.monotonic() - begun < 0.8
    time.sleep(max(0, begun + 1 - time.monotonic()))
    assert not marker.exists()


def test_output_that_is_no_text_is_no_failure() -> None:
    assert run(Command(text="printf '\\377'"), never)[0] == "\ufffd"
