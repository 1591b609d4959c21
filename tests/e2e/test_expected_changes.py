"""What the review expects of an edit, and what the real CLI plans for it on a lab that is up."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from e2e.harness import Lab, sleeping

from review.changes import changes
from review.recorder import Recorded, record
from review.stacks import read

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
_KINDS = {
    "create": "create",
    "delete": "delete",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
}
FINE = {"source": "${lab_dir}/fine", "target": "/fine", "missing": "create"}


def base(lab: Lab) -> dict[str, Any]:
    """Two networks, a volume, and one container that has nothing of them but a bridge."""
    found = lab.small()
    other = ".".join(lab.subnet.split(".")[:3]) + ".64/28"
    found["networks"]["back"] = {"subnet": other, "internal": True}
    found["containers"]["two"]["networks"] = {"back": {}}
    found["containers"]["three"] = {
        "image": "base",
        "command": sleeping(),
        "memory": "32MiB",
        "networks": {"front": {}},
    }
    return found


def edits(lab: Lab) -> dict[str, list[tuple[str, Any]]]:
    """By what it is: values at dotted paths; None takes the key out."""
    volume = lab.volume
    renamed = [
        (f"containers.{key}.volumes", [{"volume": "other", "target": "/data", "mode": mode}])
        for key, mode in (("one", "rw"), ("two", "ro"))
    ]
    return {
        "an image tag": [("images.base.name", "python:3.12-slim-bookworm")],
        "a volume's options": [
            (f"volumes.{volume}", {"options": {"type": "tmpfs", "device": "tmpfs"}}),
            ("allow_data_loss", [volume]),
        ],
        "a volume renamed": [
            ("volumes", {"other": {}}),
            *renamed,
            ("allow_data_loss", [volume]),
        ],
        "a subnet": [("networks.front.subnet", lab.subnet.replace("0/28", "32/28"))],
        "a way out": [("networks.back.internal", False)],
        "memory": [("containers.three.memory", "48MiB")],
        "a restart policy": [("containers.three.restart", "no")],
        "a health check": [("containers.three.health_check", {"command": "true"})],
        "a variable": [("containers.three.environment", {"A": "b"})],
        "a port": [("containers.three.ports", [{"host": 18765, "container": 80}])],
        "a capability": [("containers.three.capabilities", ["NET_BIND_SERVICE"])],
        "a tmpfs": [("containers.three.tmpfs", {"/tmp": "1MiB"})],
        "another bridge": [("containers.three.networks", {"back": {}})],
        "a bind": [("containers.three.binds", [FINE])],
        "a container less": [("containers.three", None)],
        "a container more": [("containers.four", base(lab)["containers"]["three"])],
        "a network more": [
            ("networks.more", {"subnet": lab.subnet.replace("0/28", "96/28"), "internal": True})
        ],
        "protection": [("protect_data", True)],
        "the verification's patience": [("verification", {"deadline_ms": 500})],
        "no verification": [("verification", {"enabled": False})],
    }


def edited(lab: Lab, what: str) -> dict[str, Any]:
    found = copy.deepcopy(base(lab))
    for path, value in edits(lab)[what]:
        *parents, last = path.split(".")
        here = found
        for part in parents:
            here = here.setdefault(part, {})
        if value is None:
            del here[last]
        else:
            here[last] = value
    return found


@pytest.fixture(scope="module")
def running(lab: Lab) -> tuple[Lab, Recorded]:
    """A lab that is up, and what its stack file declares."""
    lab.write(base(lab))
    lab.up()
    return lab, record(read(lab.stack, lab.root))


def planned(lab: Lab) -> dict[str, str]:
    """What `pulumi preview` plans, by the path of each resource but components and the stack."""
    run = lab.pulumi("preview", "--json", "--stack", lab.stack)
    assert run.code == 0, run.text
    steps = json.loads(run.text[run.text.index("{\n") : run.text.rindex("}") + 1])["steps"]
    found: dict[str, str] = {}
    for step in steps:
        state = step.get("newState") or step["oldState"]
        if state.get("custom") and step["op"] in _KINDS:
            found[step["urn"].split("::", 2)[2]] = _KINDS[step["op"]]
    return found


def test_nothing_is_planned_for_a_lab_that_is_up(running: tuple[Lab, Recorded]) -> None:
    lab, before = running
    lab.write(base(lab))
    assert planned(lab) == {}
    assert changes(before.resources, record(read(lab.stack, lab.root)).resources) == ()


NAMES = (
    *("an image tag", "a volume's options", "a volume renamed", "a subnet", "a way out", "memory"),
    *("a restart policy", "a health check", "a variable", "a port", "a capability", "a tmpfs"),
    *("another bridge", "a bind", "a container less", "a container more", "a network more"),
    *("protection", "the verification's patience", "no verification"),
)


@pytest.mark.parametrize("what", NAMES)
def test_what_is_expected_is_what_the_cli_plans(what: str, running: tuple[Lab, Recorded]) -> None:
    lab, before = running
    lab.write(edited(lab, what))
    found = changes(before.resources, record(read(lab.stack, lab.root)).resources)
    done = {change.path: change.kind for change in found if change.kind != "options"}
    assert done == planned(lab)


def test_every_edit_is_tried(running: tuple[Lab, Recorded]) -> None:
    assert set(edits(running[0])) == set(NAMES)
