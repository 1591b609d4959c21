"""How the stand-in for the base image is made, as a function of the machine."""

from __future__ import annotations

from pathlib import Path

from toolchain.setup.base_image import is_stand_in, recipe

DEBIAN = {"ID": "debian", "VERSION_CODENAME": "trixie"}
UBUNTU = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "noble"}
ONE_LINE = "# deb http://old/ x\ndeb [signed-by=/k.gpg] http://mirror.example/debian trixie main\n"
DEB822 = "Types: deb\nURIs: https://mirror.example/ubuntu\nSuites: noble\n"


def test_a_debian_machine_takes_debian_12_from_its_own_mirror() -> None:
    found = recipe(DEBIAN, ONE_LINE, debian_reachable=True)
    assert (found.suite, found.mirror) == ("bookworm", "http://mirror.example/debian")


def test_an_ubuntu_machine_takes_debian_12_where_it_can_reach_debian() -> None:
    found = recipe(UBUNTU, DEB822, debian_reachable=True)
    assert (found.suite, found.mirror) == ("bookworm", "http://deb.debian.org/debian")


def test_an_ubuntu_machine_that_reaches_only_its_mirror_takes_its_own_release() -> None:
    found = recipe(UBUNTU, DEB822, debian_reachable=False)
    assert (found.suite, found.mirror) == ("noble", "https://mirror.example/ubuntu")


def test_the_cache_key_follows_the_recipe() -> None:
    one = recipe(DEBIAN, ONE_LINE, debian_reachable=True)
    other = recipe(UBUNTU, DEB822, debian_reachable=False)
    assert one.key == recipe(DEBIAN, ONE_LINE, debian_reachable=False).key
    assert one.key != other.key


def test_the_command_ends_with_suite_target_and_mirror() -> None:
    found = recipe(DEBIAN, ONE_LINE, debian_reachable=True)
    target = Path("/a b/base.tar")
    assert found.command(target)[-3:] == ["bookworm", "/a b/base.tar", found.mirror]


def test_an_image_says_by_its_label_that_it_is_the_stand_in() -> None:
    assert is_stand_in({"Config": {"Labels": {"docklab.base": "x"}}})
    assert not is_stand_in({"Config": {"Labels": None}})
    assert not is_stand_in({"Config": None})
