"""Whichever phase of a run hangs, the run ends in time and says that it knows too little."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import VALIDATOR, container_id

from verifier import behaviour, cli, gather, queues
from verifier.demos import acts, showing

SPEC = {
    "run_id": "run-7",
    "containers": [
        {"name": name, "id": container_id(n), "networks": ["front"]} for n, name in enumerate("ab")
    ],
}
# Each with the module that calls it: the first ones in the run itself, the others in children.
PHASES = [
    (gather, "scan"),
    (gather, "find_inits"),
    (gather, "observe"),
    (gather, "try_volumes"),
    (gather, "try_folders"),
    (gather, "recheck"),
    (queues, "try_queues"),
    (acts, "make_queue"),
    (acts, "rename_host"),
    (acts, "list_interfaces"),
    (acts, "become_root"),
    (showing, "look_around"),
    (behaviour, "try_network"),
    (cli, "judge"),
]


def hang(*_: Any, **__: Any) -> None:
    time.sleep(60)


@pytest.mark.parametrize(("module", "name"), PHASES, ids=lambda one: getattr(one, "__name__", one))
def test_a_phase_that_hangs_ends_with_the_runs_time(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], module: Any, name: str
) -> None:
    monkeypatch.setattr(module, name, hang)
    monkeypatch.setattr(cli, "WORK_SECONDS", 0.4)
    monkeypatch.setattr(cli, "GRACE_SECONDS", 0.4)
    monkeypatch.setenv("NSV_SPEC", json.dumps(SPEC))
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = cli.main([])
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert time.monotonic() - began < 20
    made = json.loads(capfd.readouterr().out)
    VALIDATOR.validate(made)
    assert (code, made["verdict"]) == (3, "inconclusive")
