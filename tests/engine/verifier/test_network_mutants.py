"""Containers that are not on the networks the lab declares, and the checks that see it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from engine.verifier import synthetic
from engine.verifier.engine import Engine, Run, spec
from engine.verifier.marks import each, kills

pytestmark = pytest.mark.engine

# Sound containers by the network each is on, as declared.
SOUND = {
    **dict.fromkeys(("p", "q", "x"), "n1"),
    **dict.fromkeys(("r", "y"), "n2"),
    **dict.fromkeys(("s", "t", "z"), "inside"),
    **dict.fromkeys(("u", "v"), "apart"),
}
# Mutants are declared to be on n1; the network they are on, and what must fail for them.
MUTANTS: dict[str, tuple[str, set[str]]] = {
    "wrong": ("n2", {"net.reach", "net.dns", "net.link"}),
    "both": ("n1", {"net.reach", "net.dns", "net.link"}),
    "default": ("bridge", {"net.reach", "net.dns", "net.link"}),
    "none": ("none", {"net.reach", "net.dns", "net.link"}),
    "within": ("inside", {"net.reach", "net.dns", "net.link"}),
}


class Networks:
    """n1 and n2, an internal one, and one whose containers are kept apart."""

    OPTIONS: Mapping[str, Sequence[str]] = {
        "n1": (),
        "n2": (),
        "inside": ("--internal",),
        "apart": ("-o", "com.docker.network.bridge.enable_icc=false"),
    }

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        for key, options in self.OPTIONS.items():
            engine.docker("network", "create", *options, self.name(key))

    def name(self, key: str) -> str:
        return f"{self.engine.prefix}-{key}" if key in self.OPTIONS else key

    def start(self, wanted: Mapping[str, str]) -> dict[str, str]:
        return self.engine.start_all(
            {name: ("--network", self.name(key)) for name, key in wanted.items()}
        )

    def spec(self, ids: Mapping[str, str], **more: Any) -> dict[str, Any]:
        made = spec(
            ids,
            dns_networks=list(self.OPTIONS),
            internal=["inside"],
            **{"icc_false": ["apart"], **more},
        )
        for row in made["containers"]:
            row["networks"] = [SOUND.get(row["name"], "n1")] if row["name"] != "joined" else []
        return made

    def bridges(self) -> list[str]:
        names = [self.name(key) for key in self.OPTIONS]
        ids = self.engine.docker("network", "inspect", "-f", "{{.Id}}", *names).stdout.split()
        return [f"br-{one[:12]}" for one in ids]

    def remove(self) -> None:
        names = [self.name(key) for key in self.OPTIONS]
        self.engine.docker("network", "rm", *names, check=False)


@pytest.fixture(scope="module")
def networks(engine: Engine) -> Iterator[Networks]:
    made = Networks(engine)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def sound(networks: Networks) -> Iterator[dict[str, str]]:
    yield networks.start(SOUND)
    networks.engine.remove(*SOUND)


@pytest.fixture(scope="module")
def mutated(networks: Networks, sound: dict[str, str], archive_file: Path) -> Run:
    engine = networks.engine
    try:
        mutants = networks.start({name: key for name, (key, _) in MUTANTS.items()})
        engine.docker("network", "connect", networks.name("n2"), f"{engine.prefix}-both")
        return engine.observe(networks.spec({**sound, **mutants}), file=archive_file)
    finally:
        engine.remove(*MUTANTS)


def test_networks_as_declared_pass(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    run = networks.engine.observe(networks.spec(sound), file=archive_file)
    assert run.code == 0, run.report["summary"]
    row = run.row("net.reach", "p")["evidence"]["row"]
    assert row["q"].startswith("OK ")
    assert {row["r"], row["s"], row["u"]} <= {"TIMEOUT", "ENETUNREACH", "EHOSTUNREACH"}
    assert run.row("net.reach", "s")["evidence"]["row"]["t"].startswith("OK ")
    assert run.row("net.dns", "p")["control"] == {"own_name": "OK"}
    assert "summarised" not in run.report


def test_each_network_is_shown_with_the_bridge_that_the_engine_made_for_it(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    engine = networks.engine
    made = engine.observe(networks.spec(sound), file=archive_file).report["lab"]
    for network in made["networks"]:
        name = networks.name(network["name"])
        full = engine.docker("network", "inspect", "-f", "{{.Id}}", name).stdout.strip()
        assert network["bridge"] == f"br-{full[:12]}"
    assert {link["container"]: link["network"] for link in made["links"]} == SOUND
    for link in made["links"]:
        fixed = "{{range .NetworkSettings.Networks}}{{.IPAddress}}/{{.IPPrefixLen}}{{end}}"
        told = engine.docker("inspect", "-f", fixed, f"{engine.prefix}-{link['container']}")
        assert (link["interface"], link["address"]) == ("eth0", told.stdout.strip())


def test_ten_containers_on_four_networks_are_isolated_every_time(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    asked = networks.spec(sound)
    runs = [networks.engine.observe(asked, file=archive_file) for _ in range(4)]
    assert {run.code for run in runs} == {0}


@pytest.mark.parametrize("name", each(MUTANTS))
def test_a_container_on_another_network_than_declared_fails(mutated: Run, name: str) -> None:
    assert mutated.failing(name) >= MUTANTS[name][1]
    assert not {one for one in mutated.failing(name) if not one.startswith("net.")}


def test_sound_containers_complain_about_mutants_alone(mutated: Run) -> None:
    for row in mutated.report["checks"]:
        if row["status"] == "fail" and row["subject"] in SOUND:
            wrong = {one.get("to", one.get("name")) for one in row["evidence"]["wrong"]}
            assert wrong <= set(MUTANTS)
    assert "net.loopback" not in mutated.ids("fail")


def test_a_container_on_both_networks_is_named_with_what_it_reaches(mutated: Run) -> None:
    wrong = mutated.row("net.reach", "both")["evidence"]["wrong"]
    assert "r" in {one["to"] for one in wrong}


@kills("net.reach")
def test_containers_that_should_be_kept_apart_and_are_declared_to_talk_fail(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    run = networks.engine.observe(networks.spec(sound, icc_false=[]), file=archive_file)
    assert (run.code, run.ids("fail")) == (1, {"net.reach"})
    assert run.failing("u") == run.failing("v") == {"net.reach"}


@kills("net.peer", "net.loopback")
def test_a_network_namespace_that_is_joined_shares_its_loopback(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    engine = networks.engine
    joined = engine.start("joined", network=engine.container("p"))
    try:
        run = engine.observe(networks.spec({**sound, "joined": joined}), file=archive_file)
        pairs = [["net", "p", "joined"], ["user", "p", "joined"]]
        allowed = engine.observe(
            networks.spec({**sound, "joined": joined}, allow_shared=pairs), file=archive_file
        )
    finally:
        engine.remove("joined")
    assert {"net.peer", "net.loopback"} <= run.ids("fail")
    assert allowed.ids("fail") == set(), allowed.report["summary"]


@kills("net.host", "net.loopback", "net.reach", "net.link")
def test_the_hosts_network_fails_by_inode_and_by_behaviour(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    engine = networks.engine
    host = engine.start("h", network="host", userns="host")
    try:
        run = engine.observe(networks.spec({**sound, "h": host}), file=archive_file)
    finally:
        engine.remove("h")
    assert {"net.host", "net.loopback", "net.reach", "net.link"} <= run.failing("h")


_WAYS = ("-i", "-o")


@contextmanager
def open_bridges(some_pid: int, bridges: Sequence[str]) -> Iterator[None]:
    """Lets these bridges talk to everybody. Only these: other tests use the engine meanwhile."""
    inside = ["nsenter", "-t", str(synthetic.parent(some_pid)), "-n", "--", "iptables"]
    if not synthetic.possible(some_pid):
        pytest.skip("needs root on the engine's own machine, to change its firewall")
    rules = [("DOCKER-USER", way, bridge, "-j", "ACCEPT") for bridge in bridges for way in _WAYS]
    try:
        for rule in rules:
            subprocess.run([*inside, "-I", *rule], check=True)
        yield
    finally:
        for rule in rules:
            subprocess.run([*inside, "-D", *rule], check=False)


@kills("net.reach", "net.egress")
def test_a_firewall_that_lets_bridges_talk_fails(
    networks: Networks, sound: dict[str, str], archive_file: Path
) -> None:
    engine = networks.engine
    with open_bridges(engine.pid("p"), networks.bridges()):
        run = engine.observe(networks.spec(sound), file=archive_file)
    assert run.ids("fail") == {"net.reach", "net.egress"}
    assert "firewall rule" in run.row("net.reach", "p")["remedy"]
