"""What the verification's own containers may do, and that nobody else may take it for himself."""

from dataclasses import replace

import pytest
from unit.policy.cases import container

from policy import kinds
from policy.judge import Stack, findings
from policy.resource import Resource

STACK = Stack(name="prod", production=True)
PROC = {"readOnly": True, "source": "/proc", "target": "/host/proc", "type": "bind"}
POWERS = ["CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]
CHECK = replace(
    container(
        networksAdvanced=None,
        networkMode="none",
        usernsMode="host",
        restart="no",
        mounts=[PROC],
        capabilities={"adds": POWERS, "drops": ["ALL"]},
        securityOpts=["apparmor=unconfined", "label=disable", "no-new-privileges:true"],
    ),
    path=f"docklab:verification:NamespaceCheck${kinds.CONTAINER}::isolation-container",
)
FILES = Resource(
    path=f"docklab:verification:VerifierFiles${kinds.CONTAINER}::isolation-files",
    type=kinds.CONTAINER,
    name="isolation-files",
    inputs={
        "image": "${base-image.imageId}",
        "command": ["true"],
        "start": False,
        "networkMode": "none",
        "volumes": [{"containerPath": "/verifier"}],
    },
)


def found(resource, **changed):
    changed = replace(resource, inputs={**resource.inputs, **changed})
    return {f.rule for f in findings(changed, STACK)}


def test_the_verification_is_let_do_what_it_must():
    assert found(CHECK) == set()
    assert found(FILES) == set()


def test_no_other_component_is_let_do_that_whatever_its_name():
    taken = {"name": "isolation-container", "inputs": {**CHECK.inputs, "name": "isolation-check"}}
    other = replace(
        CHECK,
        path=f"docklab:container:LabContainer${kinds.CONTAINER}::isolation-container",
        **taken,
    )
    assert found(other) == {
        "dangerous-capability",
        "host-namespace",
        "profile-off",
        "sensitive-folder",
    }
    assert "memory-unlimited" in found(replace(FILES, path=other.path))


def test_a_component_within_the_verification_is_not_the_verification():
    within = f"docklab:verification:NamespaceCheck$some:other:Component${kinds.CONTAINER}::x"
    assert "host-namespace" in found(replace(CHECK, path=within))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"pidMode": "host"}, "host-namespace"),
        ({"networkMode": "host"}, "dangerous-capability"),
        ({"readOnly": False}, "sensitive-folder"),
        ({"privileged": True}, "host-namespace"),
        ({"restart": "always"}, "profile-off"),
        (
            {"capabilities": {"adds": [*POWERS, "CAP_SYS_MODULE"], "drops": ["ALL"]}},
            "dangerous-capability",
        ),
        ({"securityOpts": ["no-new-privileges:true", "seccomp=unconfined"]}, "profile-off"),
        ({"mounts": [{**PROC, "readOnly": False}]}, "sensitive-folder"),
        ({"mounts": [PROC, {**PROC, "source": "/etc"}]}, "sensitive-folder"),
    ],
    ids=str,
)
def test_the_verification_is_let_do_no_more_than_that(changed, rule):
    assert rule in found(CHECK, **changed)


@pytest.mark.parametrize(
    "changed", [{"start": True}, {"command": ["sh"]}, {"networkMode": "bridge"}], ids=str
)
def test_a_container_for_files_that_would_run_is_judged_as_any_other(changed):
    assert {"memory-unlimited", "writable-root", "new-privileges"} <= found(FILES, **changed)
