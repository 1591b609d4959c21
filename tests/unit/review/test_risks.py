"""What of two stacks' difference is called risky, on resources made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policy.resource import Options, Resource
from review.comparison import compared
from review.risks import risks
from review.snapshot import Snapshot

ADDRESS = "aws:ec2/eip:Eip"
IMAGE = "docker:index/remoteImage:RemoteImage"


def one(type_: str, key: str, options: Options = Options(), **inputs: Any) -> Resource:  # noqa: B008
    return Resource(path=f"{type_}::{key}", type=type_, name=key, inputs=inputs, options=options)


def told(before: Resource, after: Resource) -> list[tuple[str, str]]:
    shots = (
        Snapshot(stack="x", production=False, resources=(resource,)) for resource in (before, after)
    )
    return [(risk.mark, risk.text) for risk in risks(compared(*shots))]


@pytest.mark.parametrize("option", ["protect", "retain_on_delete"])
def test_what_kept_a_resource_and_does_so_no_longer_is_a_guard_lost(option: str) -> None:
    bare = one(ADDRESS, "a", domain="vpc")
    kept = replace(bare, options=replace(Options(), **{option: True}))
    [(mark, text)] = told(kept, bare)
    assert (mark, option in text) == ("GUARD LOST", True)
    assert told(bare, kept) == []


def test_an_input_that_nobody_knows_is_said_once_and_by_its_name() -> None:
    before = one(ADDRESS, "a", domain="vpc")
    after = one(ADDRESS, "a", domain="vpc", address="198.51.100.1", ipamPoolId="x")
    [(mark, text)] = told(before, after)
    assert mark == "NOT JUDGED"
    assert text.startswith("a: address, ipamPoolId: ")


def test_a_digest_of_the_tag_that_was_there_is_no_other_code() -> None:
    before = one(IMAGE, "base-image", name="python:3.11")
    after = one(IMAGE, "base-image", name=f"python@sha256:{'a' * 64}")
    assert told(before, after) == []


def test_an_option_of_the_engine_that_nobody_knows_is_said_also_of_what_is_made() -> None:
    made = one(ADDRESS, "a", Options(further=("hooks",)))
    empty = Snapshot(stack="x", production=False, resources=())
    found = risks(compared(empty, replace(empty, resources=(made,))))
    assert ("NOT JUDGED", "a: option hooks") in [
        (r.mark, r.text.partition(": this")[0]) for r in found
    ]
