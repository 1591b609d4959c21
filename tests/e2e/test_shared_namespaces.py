"""A container that shares a namespace with the machine: refused, or told by the verification."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.harness import Lab, NewLab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
MODES = {"ipc_mode": "ipc", "pid_mode": "pid", "network_mode": "net"}


def sharing(mode: str, namespace: str, allowed: bool) -> dict[str, Any]:
    leave = {"allow_shared_namespaces": [namespace]} if allowed else {}
    networks: dict[str, Any] = {"networks": {}} if mode == "network_mode" else {}
    return {mode: "host", **networks, **leave}


def shared_by_each(lab: Lab, allowed: bool) -> dict[str, Any]:
    """A lab with one more container a mode, named after its namespace."""
    more = {f"of-{ns}": sharing(mode, ns, allowed) for mode, ns in MODES.items()}
    return lab.small(**more)


def test_the_model_refuses_each_by_its_key(lab: Lab) -> None:
    every = shared_by_each(lab, allowed=False)
    every["containers"]["of-user"] = {**every["containers"]["one"], "userns_mode": "host"}
    lab.write(every)
    run = lab.verb("up")
    assert run.code != 0
    for mode, namespace in {**MODES, "userns_mode": "user"}.items():
        assert run.said(f"lab.containers.of-{namespace}.{mode}: host shares the machine's"), mode
        assert run.said(f"the machine's {namespace.upper()} namespace")
    assert "Traceback" not in run.text
    assert lab.things().nothing()


def test_allowed_ones_fail_the_gate_by_name_until_taken_out(new_lab: NewLab, plain: str) -> None:
    lab = new_lab(plain)
    lab.write(shared_by_each(lab, allowed=True))
    run = lab.verb("up")
    assert run.code != 0
    for mode, namespace in MODES.items():
        assert run.said(f"{namespace}.host of-{namespace}: does not hold"), run.text
        assert run.said(f"remove `{mode}: host` from of-{namespace} in the lab file"), run.text
    assert run.said("NOT verified as isolated")
    assert lab.things().inspect("one")["State"]["Running"]

    lab.write(lab.small())
    lab.up()
    assert lab.things().containers().keys().isdisjoint({"of-ipc", "of-pid", "of-net"})


def test_the_user_namespace_of_the_machine_fails_the_gate(new_lab: NewLab, remapped: str) -> None:
    lab = new_lab(remapped)
    lab.write(lab.small(one=sharing("userns_mode", "user", allowed=True)))
    run = lab.verb("up")
    assert run.code != 0
    assert run.said("user.host one: does not hold"), run.text
    assert run.said("remove `userns_mode: host` from one in the lab file"), run.text

    lab.write(lab.small())
    assert "USER" in lab.up().isolated
