"""Internal networks that are none, as a machine beyond the engine's sees them; published ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from engine.verifier import outside, synthetic
from engine.verifier.engine import Engine, Run, spec
from engine.verifier.marks import kills

pytestmark = pytest.mark.engine

# `pretended` is declared internal and is not.
OPTIONS = {"open": (), "shut": ("--internal",), "pretended": ()}
SOUND = {"p": "open", "q": "open", "s": "shut", "t": "shut"}


class Lab:
    """Two containers with a way out, two without; and more, as tests ask for them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        for key, options in OPTIONS.items():
            engine.docker("network", "create", *options, self.name(key))
        self.ids = self.start(SOUND)

    def name(self, key: str) -> str:
        return f"{self.engine.prefix}-way-{key}"

    def start(self, wanted: Mapping[str, str]) -> dict[str, str]:
        return self.engine.start_all(
            {name: ("--network", self.name(key)) for name, key in wanted.items()}
        )

    def spec(self, more: Mapping[str, str], networks: Mapping[str, str], **rest: Any) -> Any:
        made = spec({**self.ids, **more}, dns_networks=list(OPTIONS), **rest)
        for row in made["containers"]:
            row["networks"] = [{**SOUND, **networks}[row["name"]]]
        return {**made, "internal": ["shut", "pretended"]}


@pytest.fixture(scope="module")
def made(engine: Engine) -> Iterator[Lab]:
    lab = Lab(engine)
    yield lab
    engine.remove(*SOUND)
    engine.docker("network", "rm", *map(lab.name, OPTIONS), check=False)


@pytest.fixture(scope="module")
def beyond(made: Lab) -> Iterator[str]:
    pid = made.engine.pid("p")
    if not synthetic.possible(pid):
        pytest.skip("needs root on the engine's own machine, to make another one beside it")
    with outside.machine(pid) as place:
        yield place


def mutated(made: Lab, file: Path, name: str, key: str, *extra: str, **rest: Any) -> Run:
    """With a container declared to be on the network `key`, and connected to more of them."""
    ids = made.start({name: key})
    try:
        for other in extra:
            full = f"{made.engine.prefix}-{name}"
            made.engine.docker("network", "connect", made.name(other), full)
        return made.engine.observe(made.spec(ids, {name: key}, **rest), file=file)
    finally:
        made.engine.remove(name)


def test_an_internal_network_has_no_way_out_and_the_same_address_answers_others(
    made: Lab, beyond: str, archive_file: Path
) -> None:
    run = made.engine.observe(made.spec({}, {}, egress=[beyond]), file=archive_file)
    assert run.code == 0, run.report["summary"]
    row = run.row("net.egress", "s")
    assert (row["status"], row["required"]) == ("pass", True)
    assert [place for places in row["evidence"]["blocked"].values() for place in places] == [beyond]
    assert {words for words in row["control"] if words.endswith(": OK")} & {"p: OK", "q: OK"}
    (host,) = row["evidence"]["host_gateway"].values()
    assert host.startswith("reachable")


@kills("net.egress", "net.link")
def test_a_container_that_is_on_a_network_with_a_way_out_too_gets_out(
    made: Lab, beyond: str, archive_file: Path
) -> None:
    run = mutated(made, archive_file, "both", "shut", "open", egress=[beyond])
    assert {"net.egress", "net.link"} <= run.failing("both")
    assert run.row("net.egress", "both")["evidence"]["reached"] == {beyond: "OK"}
    assert run.row("net.egress", "s")["status"] == "pass"


@kills("net.egress")
def test_a_network_that_was_not_made_internal_is_found_by_what_answers(
    made: Lab, beyond: str, archive_file: Path
) -> None:
    run = mutated(made, archive_file, "out", "pretended", egress=[beyond])
    assert (run.code, run.ids("fail")) == (1, {"net.egress"})
    assert run.failing("out") == {"net.egress"}
    assert "internal: true" in run.row("net.egress", "out")["remedy"]


def test_a_declared_address_that_answers_nobody_leaves_it_in_doubt(
    made: Lab, beyond: str, archive_file: Path
) -> None:
    for places in ([f"{outside.NOBODY}:1"], [beyond, f"{outside.NOBODY}:1"]):
        run = made.engine.observe(made.spec({}, {}, egress=places), file=archive_file)
        assert (run.code, run.ids("error")) == (3, {"net.egress"})
        assert f"{outside.NOBODY}:1 answered nobody" in run.row("net.egress", "s")["remedy"]


def test_a_declared_address_of_the_engines_own_machine_proves_nothing(
    made: Lab, beyond: str, archive_file: Path
) -> None:
    own = f"{outside.ENGINES_END}:{beyond.rpartition(':')[2]}"
    run = made.engine.observe(made.spec({}, {}, egress=[own]), file=archive_file)
    assert (run.code, run.ids("error"), run.ids("fail")) == (3, {"net.egress"}, set())


@kills("net.egress")
def test_a_way_out_is_found_without_being_told_an_address_where_the_machine_has_one(
    made: Lab, archive_file: Path
) -> None:
    run = mutated(made, archive_file, "out", "pretended")
    row = run.row("net.egress", "out")
    if row["status"] != "fail":
        assert not row["required"]
        pytest.skip(f"no machine around this one answers: {row['evidence']}")
    assert run.ids("fail") == {"net.egress"}


def test_published_ports_are_told_as_containers_of_other_networks_find_them(
    made: Lab, archive_file: Path
) -> None:
    ports = [("0.0.0.0", 18643), ("127.0.0.1", 18644)]
    words = [word for where, port in ports for word in ("-p", f"{where}:{port}:80")]
    ids = {
        "web": made.engine.start("web", network=made.name("open"), extra=words),
    }
    keys = {"container": "web", "container_port": 80, "protocol": "tcp"}
    listed = [{**keys, "address": where, "port": port} for where, port in ports]
    try:
        asked = made.spec(ids, {"web": "open"}, published=listed)
        run = made.engine.observe(asked, file=archive_file)
    finally:
        made.engine.remove("web")
    assert run.code == 0, run.report["summary"]
    row = run.row("net.published", "web")
    assert (row["status"], row["required"]) == ("info", False)
    for where, port in ports:
        matrix = row["evidence"][f"{where}:{port} to 80/tcp"]
        assert set(matrix) == {"s", "t"}
        assert all(f":{port}" in got and "not tried" not in got for got in matrix.values())
    assert run.report["lab"]["published"] == listed
