"""docker.RemoteImage: found, kept, removed, replaced, missing."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pulumi
import pulumi_docker
import pytest
from conformance.harness import Failed, Stack

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(120)]


def declare(host: str, name: str, **arguments: object) -> None:
    provider = pulumi_docker.Provider("docker", host=host)
    image = pulumi_docker.RemoteImage(
        "image", name=name, **arguments, opts=pulumi.ResourceOptions(provider=provider)
    )
    pulumi.export("id", image.image_id)


@pytest.fixture
def tags(engine: docker.APIClient, stack: Stack, image: str) -> Iterator[list[str]]:
    """Two names of our own for the image: no registry has them."""
    names = [f"{stack.name('image')}:{tag}" for tag in ("one", "two")]
    for name in names:
        engine.tag(image, *name.split(":"))
    yield names
    for name in names:
        if has(engine, name):
            engine.remove_image(name)


def has(engine: docker.APIClient, name: str) -> bool:
    return any(name in (found["RepoTags"] or ()) for found in engine.images())


def test_an_image_that_the_engine_has_is_taken_and_removed_in_the_end(
    engine: docker.APIClient, stack: Stack, host: str, image: str, tags: list[str]
) -> None:
    identity = engine.inspect_image(image)["Id"]
    made = stack.up(lambda: declare(host, tags[0]))
    stored = stack.stored("image")
    assert stored is not None
    assert made.outputs["id"] == identity
    assert stored["id"] == identity + tags[0]

    assert stack.up(lambda: declare(host, tags[0])).changed() == []
    assert stack.up(lambda: declare(host, tags[0]), "--refresh").changed() == []

    replaced = stack.up(lambda: declare(host, tags[1]))
    assert replaced.of("image") == ["create-replacement", "replace", "delete-replaced"]
    assert not has(engine, tags[0])

    stack.destroy()
    assert not has(engine, tags[1])
    assert has(engine, image)


def test_an_image_that_is_kept_locally_outlives_the_stack(
    engine: docker.APIClient, stack: Stack, host: str, tags: list[str]
) -> None:
    stack.up(lambda: declare(host, tags[0]))
    kept = stack.up(lambda: declare(host, tags[0], keep_locally=True))
    assert kept.of("image") == ["update"]
    stack.destroy()
    assert has(engine, tags[0])


def test_an_image_removed_behind_pulumis_back_is_found_missing(
    engine: docker.APIClient, stack: Stack, host: str, tags: list[str]
) -> None:
    stack.up(lambda: declare(host, tags[0]))
    engine.remove_image(tags[0])
    stack.refresh()
    assert stack.stored("image") is None

    stack.up(lambda: declare(host, tags[1]))
    engine.remove_image(tags[1])
    assert stack.destroy().of("image") == ["delete"]


def test_an_image_that_nobody_has_fails_by_its_name(stack: Stack, host: str) -> None:
    # Nothing listens on port 1, so no registry is asked.
    name = f"127.0.0.1:1/{stack.name('none')}:1"
    with pytest.raises(Failed, match=rf"(?s)unable to pull image {name}.*connection refused"):
        stack.up(lambda: declare(host, name))
    assert stack.stored("image") is None
