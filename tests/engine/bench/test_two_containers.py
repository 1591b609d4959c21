"""The bench on a real engine, with the smallest lab: that it measures, never how much."""

from __future__ import annotations

import os
import secrets

import pytest

from bench import engine, scaling, scaling_table

pytestmark = pytest.mark.engine
DEFAULT = "unix:///var/run/docker.sock"


def test_two_containers_are_verified_and_timed_and_nothing_is_left() -> None:
    host, run = os.environ.get("DOCKER_HOST") or DEFAULT, secrets.token_hex(4)
    try:
        [size] = scaling.measure(host, run, [2], 1)
    finally:
        left = engine.sweep(host, run)
    assert left == []
    assert [one.verdict for one in size.runs] == ["isolated"]
    assert size.runs[0].inside_ms > 0
    assert not size.alternative.extrapolated
    assert len(size.alternative.containers) == len(size.alternative.measured) == 2
    assert "isolated" in scaling_table.lines([size], 1)


def test_what_an_interrupted_measurement_made_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    host, run = os.environ.get("DOCKER_HOST") or DEFAULT, secrets.token_hex(4)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scaling, "_verify", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scaling.measure(host, run, [2], 1)
    assert engine.sweep(host, run) == []
