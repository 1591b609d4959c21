"""command.local.Command: create, update, replace, delete, failure, preview, secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
from conformance.harness import Failed, Stack
from pulumi_command import local

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


def declare(**arguments: Any) -> None:
    command = local.Command("cmd", **arguments)
    pulumi.export("stdout", command.stdout)
    pulumi.export("stderr", command.stderr)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """What the commands of a test write to, to be seen afterwards."""
    return tmp_path / "journal"


def lines(journal: Path) -> list[str]:
    return journal.read_text().splitlines() if journal.exists() else []


def test_a_command_runs_when_made_changed_and_removed_and_is_told_what_it_printed(
    stack: Stack, journal: Path
) -> None:
    def program(word: str) -> None:
        declare(
            create=f"echo create >> '{journal}'; echo made $WORD; echo oops >&2",
            update=f"echo update $PULUMI_COMMAND_STDOUT >> '{journal}'; echo changed $WORD",
            delete=f"echo delete $PULUMI_COMMAND_STDOUT >> '{journal}'",
            environment={"WORD": word},
        )

    assert stack.preview(lambda: program("one")).of("cmd") == ["create"]
    assert lines(journal) == []
    made = stack.up(lambda: program("one"))
    assert made.outputs == {"stdout": "made one", "stderr": "oops"}
    assert stack.up(lambda: program("one"), "--refresh").changed() == []
    assert lines(journal) == ["create"]

    changed = stack.up(lambda: program("two"))
    assert changed.of("cmd") == ["update"]
    assert changed.diffs("cmd") == {"environment"}
    assert changed.outputs["stdout"] == "changed two"

    stack.destroy()
    assert lines(journal) == ["create", "update made one", "delete changed two"]


def test_without_an_update_create_runs_again_and_without_a_delete_nothing_does(
    stack: Stack, journal: Path
) -> None:
    def program(word: str) -> None:
        declare(create=f"echo {word} >> '{journal}'")

    stack.up(lambda: program("one"))
    assert stack.up(lambda: program("two")).of("cmd") == ["update"]
    assert stack.destroy().of("cmd") == ["delete"]
    assert lines(journal) == ["one", "two"]


def test_a_new_trigger_replaces_and_the_old_one_is_deleted_last(
    stack: Stack, journal: Path
) -> None:
    def program(trigger: Any) -> None:
        declare(
            create=f"echo create >> '{journal}'",
            update=f"echo update >> '{journal}'",
            delete=f"echo delete >> '{journal}'",
            triggers=[{"of": trigger}, 1],
        )

    stack.up(lambda: program("a"))
    assert stack.up(lambda: program("a")).changed() == []
    assert "replace" in stack.up(lambda: program("b")).of("cmd")
    assert lines(journal) == ["create", "create", "delete"]


def test_a_command_that_fails_fails_the_update_with_all_it_printed(stack: Stack) -> None:
    with pytest.raises(Failed) as caught:
        stack.up(lambda: declare(create="echo said; echo complained >&2; exit 3"))
    for text in ("exit status 3", "said", "complained"):
        assert text in caught.value.text
    assert stack.stored("cmd") is None


def test_stdin_folder_interpreter_and_environment_reach_the_command(
    stack: Stack, tmp_path: Path
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    made = stack.up(
        lambda: declare(
            create="set -o pipefail; cat; pwd; echo $0",
            interpreter=["/bin/bash", "-c"],
            dir=str(folder),
            stdin="given\n",
        )
    )
    assert made.outputs["stdout"] == f"given\n{folder}\n/bin/bash"


def test_a_secret_that_a_command_prints_stays_secret(stack: Stack) -> None:
    word = f"hunter-{stack.tag}"

    def program() -> None:
        declare(
            create="echo $PASSWORD",
            environment={"PASSWORD": pulumi.Output.secret(word)},
            logging=local.Logging.NONE,
        )

    made = stack.up(program)
    assert word not in stack.stored_text()
    assert word not in made.text
    assert stack.up(program).changed() == []


def test_a_key_that_a_command_makes_is_stored_encrypted_and_a_new_wording_makes_no_other(
    stack: Stack,
) -> None:
    def program(wording: str = "") -> None:
        made = local.Command(
            "cmd",
            create=f"{wording}say() {{ printf '%s-%s' {stack.tag} $1; }}; say key; say noise >&2",
            logging=local.Logging.NONE,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                additional_secret_outputs=["stdout", "stderr"],
                ignore_changes=["create", "logging", "add_previous_output_in_env"],
            ),
        )
        public: pulumi.Output[int] = pulumi.Output.unsecret(made.stdout.apply(len))
        pulumi.export("length", public)

    made = stack.up(program)
    assert made.outputs["length"] == len(f"{stack.tag}-key")
    for word in (f"{stack.tag}-key", f"{stack.tag}-noise"):
        assert word not in stack.stored_text()
        assert word not in made.text
    assert stack.up(lambda: program("true; ")).changed() == []
