"""Two labs of one clone, side by side on one engine."""

from __future__ import annotations

import pytest
from e2e.harness import Lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_each_is_isolated_and_down_of_one_leaves_the_other(lab: Lab) -> None:
    other = f"{lab.stack}-b"
    lab.write(lab.small())
    first = lab.small()
    address = lab.subnet.replace(".0/28", ".16/28")
    lab.write({**first, "networks": {"front": {"subnet": address}}}, stack=other)
    assert lab.up().isolated == lab.up(stack=other).isolated
    before = lab.things(other).containers()
    assert before.keys() == lab.things().containers().keys()
    assert not set(before.values()) & set(lab.things().containers().values())
    data = lab.things(other).mounted()

    assert lab.verb("down").code == 0
    assert not lab.things().containers()
    assert not lab.things().networks()
    assert lab.things(other).containers() == before
    assert lab.things(other).still_there(data) == data
    assert lab.verb("verify", stack=other).isolated

    assert lab.verb("down", stack=other).code == 0
    assert lab.things(other).nothing()
