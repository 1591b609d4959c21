"""Specs made to do harm: exit 2 with one short line of plain text, and nothing is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.facts_of_a_lab import VALIDATOR, container_id

ROOT = Path(__file__).parents[3]
WEB, DB = ({"name": name, "id": container_id(n)} for n, name in enumerate(("web", "db"), 1))


def spec(**changes: Any) -> str:
    return json.dumps({"run_id": "run-1", "containers": [WEB, DB], **changes})


def volume(path: Any) -> str:
    one = {"path": path, "mode": "rw", "key": "v"}
    return spec(containers=[{**WEB, "volumes": [one]}, DB])


HOSTILE: dict[str, str | bytes] = {
    "many": spec(containers=[{"name": f"c{n}", "id": container_id(n)} for n in range(1200)]),
    "unknown key": spec(**{"\x1b]0;owned\x07": 1}),
    "markup": spec(containers=[{**WEB, "name": "<img src=x onerror=alert(1)>"}, DB]),
    "control": spec(containers=[{**WEB, "name": "web\x1b[2J"}, DB]),
    "separators": spec(containers=[{**WEB, "name": "web\u2028\u202e"}, DB]),
    "long name": spec(containers=[{**WEB, "name": "w" * 10_000}, DB]),
    "short id": spec(containers=[{**WEB, "id": "abc"}, DB]),
    "upper id": spec(containers=[{**WEB, "id": "A" * 64}, DB]),
    "odd id": spec(containers=[{**WEB, "id": "g" * 64}, DB]),
    "id of digits": spec(containers=[{**WEB, "id": "\u0661" * 64}, DB]),
    "same id": spec(containers=[WEB, {**DB, "id": WEB["id"]}]),
    "path up": volume("/data/../../etc"),
    "path relative": volume("data"),
    "path with NUL": volume("/da\x00ta"),
    "path of slashes": volume("//etc"),
    "path long": volume("/" + "a" * 5000),
    "path no text": volume({"a": 1}),
    "deep": "[" * 60_000 + "]" * 60_000,
    "deep inside": spec()[:-1] + ', "require": ' + '{"a":' * 9_000 + "1" + "}" * 9_001,
    "huge number": spec()[:-1] + ', "deadline_ms": ' + "9" * 5_000 + "}",
    "large number": spec(deadline_ms=10**400),
    "float": spec(deadline_ms=1e300),
    "NaN": spec(deadline_ms=float("nan")),
    "infinity": spec(deadline_ms=float("-inf")),
    "twins": '{"run_id": "a", "run_id": "a", "containers": []}',
    "not UTF-8": b'{"run_id": "run-1", "containers": "\xff\xfe\xc0\x80"}',
    "lone surrogate": '{"run_id": "\\ud800", "containers": []}',
    "two values": spec() + spec(),
    "byte order mark": "\ufeff" + spec(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_spec_is_one_clear_line_and_nothing_is_run(name: str, tmp_path: Path) -> None:
    text = HOSTILE[name]
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    watched = tmp_path / "proc"
    watched.mkdir()
    env = {b"PATH": os.environb[b"PATH"], b"NSV_SPEC": raw, b"NSV_PROC": bytes(watched)}
    done = subprocess.run(
        [sys.executable, "-m", "verifier"], env=env, cwd=ROOT, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (2, b"")
    assert done.stdout.count(b"\n") == 1
    assert len(done.stdout) < 4096
    assert all(32 <= byte < 127 for byte in done.stdout[:-1])
    made = json.loads(done.stdout)
    VALIDATOR.validate(made)
    assert (made["verdict"], made["targets"], made["timing_ms"]) == ("bad_spec", [], {})
    assert made["checks"][0]["remedy"]
