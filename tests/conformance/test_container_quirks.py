"""docker.Container as it is known to behave, for better or worse: a lab is written around this.

Each of these is documented behaviour of the official plugin. A stand-in that were "better" would
hide from a lab what the real plugin is going to do to it.
"""

from __future__ import annotations

from typing import Any

import docker
import pulumi
import pytest
from conformance.containers import declare
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


@pytest.mark.parametrize(
    ("settings", "again", "property_name"),
    [
        pytest.param(
            {"capabilities": {"adds": ["NET_RAW"]}}, "replace", "capabilities", id="capability"
        ),
        pytest.param({"memory": 64}, "update", "memorySwap", id="memory-without-swap"),
        pytest.param(
            {"healthcheck": {"tests": ["CMD", "true"], "interval": "1m"}},
            "update",
            "healthcheck",
            id="duration",
        ),
    ],
)
def test_a_form_that_the_engine_rewrites_differs_again_on_the_next_update(
    stack: Stack, host: str, image: str, settings: dict[str, Any], again: str, property_name: str
) -> None:
    stack.up(lambda: declare(host, image=image, **settings))
    second = stack.up(lambda: declare(host, image=image, **settings))
    assert again in second.of("box")
    assert property_name in second.diffs("box")


def test_a_new_health_check_is_accepted_and_never_applied(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name = stack.name("box")

    def program(interval: str, options: pulumi.ResourceOptions | None = None) -> None:
        check = {"tests": ["CMD", "true"], "interval": interval}
        declare(host, name=name, image=image, healthcheck=check, options=options)

    stack.up(lambda: program("30s"))
    before = engine.inspect_container(name)
    assert stack.up(lambda: program("40s")).of("box") == ["update"]
    after = engine.inspect_container(name)
    assert after["Id"] == before["Id"]
    assert after["Config"]["Healthcheck"]["Interval"] == 30 * 10**9

    marked = pulumi.ResourceOptions(replace_on_changes=["healthcheck"], delete_before_replace=True)
    assert "replace" in stack.up(lambda: program("50s", marked)).of("box")
    assert engine.inspect_container(name)["Config"]["Healthcheck"]["Interval"] == 50 * 10**9


def test_an_edited_mount_is_accepted_and_never_applied_while_their_number_stays(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    name, volume = stack.name("box"), stack.name("vol")
    engine.create_volume(volume)

    def program(read_only: bool, options: pulumi.ResourceOptions | None = None) -> None:
        mount = {"type": "volume", "source": volume, "target": "/data", "read_only": read_only}
        declare(host, name=name, image=image, mounts=[mount], options=options)

    def writable() -> bool:
        return bool(engine.inspect_container(name)["Mounts"][0]["RW"])

    try:
        stack.up(lambda: program(read_only=False))
        assert stack.up(lambda: program(read_only=True)).of("box") == ["update"]
        assert writable()
        marked = pulumi.ResourceOptions(replace_on_changes=["mounts"], delete_before_replace=True)
        applied = stack.up(lambda: program(read_only=True, options=marked), "--refresh")
        assert "replace" in applied.of("box")
        assert not writable()
        stack.destroy()
    finally:
        engine.remove_volume(volume)


def test_an_attached_run_that_must_run_is_an_update_on_every_refresh(
    stack: Stack, host: str, image: str
) -> None:
    def program() -> None:
        declare(host, image=image, command=["true"], attach=True)

    stack.up(program)
    second = stack.up(program)
    assert second.of("box") == ["update"]
    assert second.diffs("box") == {"mustRun"}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        pytest.param({"restart": "sometimes"}, "sometimes|restart", id="restart"),
        pytest.param({"memory_swap": -2}, "cannot be lower than -1", id="swap"),
        pytest.param(
            {"healthcheck": {"tests": ["CMD", "true"], "interval": "soon"}},
            "not a valid duration",
            id="duration",
        ),
        pytest.param(
            {"mounts": [{"type": "nfs", "target": "/x"}]}, "doesn't match the pattern", id="mount"
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_the_preview(
    stack: Stack, host: str, image: str, settings: dict[str, Any], text: str
) -> None:
    with pytest.raises(Failed, match=text):
        stack.preview(lambda: declare(host, image=image, **settings))


def test_what_the_engine_refuses_is_said_in_its_own_words(
    engine: docker.APIClient, stack: Stack, host: str, image: str
) -> None:
    taken = engine.create_container(image, ["true"], name=stack.name("taken"))["Id"]
    nowhere = f"127.0.0.1:1/{stack.name('none')}:1"
    bind = {"type": "bind", "source": "/no/such/folder", "target": "/x"}
    try:
        with pytest.raises(Failed, match=r"(?s)Unable to create container:.*already in use"):
            stack.up(lambda: declare(host, image=image, name=stack.name("taken")))
        with pytest.raises(Failed, match="Unable to create container with image"):
            stack.up(lambda: declare(host, image=nowhere))
        with pytest.raises(Failed, match=r"(?s)Unable to create container:.*does not exist"):
            stack.up(lambda: declare(host, image=image, mounts=[bind]))
    finally:
        engine.remove_container(taken)
    assert stack.stored("box") is None
