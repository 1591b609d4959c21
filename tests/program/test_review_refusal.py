"""What is left of a stack file that the program refuses in part."""

import json

import pytest
from unit.review.lab_files import lab, stack_file

from infra.config import parse
from review.refusal import without_refused
from review.stacks import parsed

WEB = "containers.web"
ETC = {"source": "/etc", "target": "/x"}
FINE = {"source": "${lab_dir}/fine", "target": "/fine", "missing": "create"}


def rest(stack, *changes):
    found = without_refused(stack_file(stack, *changes), stack_file(stack))
    return json.loads(found.config["docklab:lab"]) if found else None


def test_what_was_right_before_is_as_it_was_and_the_rest_stays():
    found = rest("prod", ("host.admin_cidr", "0.0.0.0/0"), (f"{WEB}.memory", "96MiB"))
    assert found["host"]["admin_cidr"] == "192.0.2.1/32"
    assert found["containers"]["web"]["memory"] == "96MiB"


def test_of_a_new_list_only_the_refused_item_goes():
    found = rest("local", (f"{WEB}.binds", [FINE, ETC, {**ETC, "target": "/y"}]))
    assert found["containers"]["web"]["binds"] == [FINE]


def bind(name, **more):
    return {"source": f"/srv/{name}", "target": f"/{name}", **more}


def test_of_a_long_list_no_item_is_taken_for_another():
    binds = [bind(f"s{n}") for n in range(12)]
    binds[2] = {**binds[2], "source": "/etc"}
    binds[10] = {**binds[10], "source": "/proc", "target": "/sys"}
    binds[11] = bind("payroll", mode="rw")
    kept = [one for n, one in enumerate(binds) if n not in (2, 10)]
    assert rest("local", (f"{WEB}.binds", binds))["containers"]["web"]["binds"] == kept


def against(base, change):
    """What is left of `change` under a container's binds where the base has `base`."""
    found = without_refused(
        stack_file("local", (f"{WEB}.binds", change)), stack_file("local", (f"{WEB}.binds", base))
    )
    return json.loads(found.config["docklab:lab"])["containers"]["web"]["binds"]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_refused_item_between_others_leaves_them_as_the_base_has_them(position):
    base = [bind("a"), bind("b", mode="rw")]
    assert against(base, [*base[:position], ETC, *base[position:]]) == base


def test_of_a_refused_item_that_the_base_has_what_is_right_stays():
    base = [bind("a"), bind("b"), bind("c")]
    changed = [bind("a"), {**bind("b", mode="rw"), "source": "/etc"}, bind("c")]
    assert against(base, changed) == [bind("a"), bind("b", mode="rw"), bind("c")]


def test_of_a_new_container_only_what_is_refused_is_hidden():
    new = {**lab()["containers"]["web"], "networks": {"front": {}}, "binds": [bind("payroll")]}
    found = rest(
        "local", ("containers.new", {**new, "memory": "much", "environment": {"A=b": "c"}})
    )
    kept = {name: value for name, value in new.items() if name != "memory"}
    assert found["containers"]["new"] == {**kept, "environment": {}}


def test_a_new_container_that_is_nothing_without_what_is_refused_goes():
    found = rest("local", ("containers.new", {"image": "nope"}), (f"{WEB}.memory", "96MiB"))
    assert "new" not in found["containers"]
    assert found["containers"]["web"]["memory"] == "96MiB"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ((f"{WEB}.privileged", True), "privileged"),
        ((f"{WEB}.no_such_key", 1), "no_such_key"),
        ((f"{WEB}.memory", "much"), None),
        (("networks.front.subnet", "8.8.8.0/24"), None),
        ((f"{WEB}.image", "nope"), None),
    ],
)
def test_what_is_left_is_a_lab(change, place):
    found = rest("local", change)
    assert parse(found)
    assert place is None or place not in found["containers"]["web"]


def test_a_missing_key_is_as_it_was():
    found = rest("local", ("images", {}))
    assert parse(found).images == parse(lab()).images


def test_what_nothing_mends_is_none():
    assert without_refused(stack_file(), parsed("local", "config: {}")) is None
    secret = stack_file("local", ("containers.web.environment", {"A": {"secure": "x"}}))
    assert without_refused(secret, stack_file()) is None
