"""What every component owes its reviewer, checked once over all of them."""

import ast
import json
import re
from pathlib import Path

import pulumi
import pulumi_docker as docker
import pytest

from components.bridge_network import BridgeNetwork, BridgeNetworkArgs
from components.cloud_init import choose_address_pools
from components.data_volume import DataVolume, DataVolumeArgs
from components.host_directory import HostDirectory, HostDirectoryArgs
from components.hosts.ec2 import Ec2Host, Ec2HostArgs
from components.hosts.lightsail import LightsailHost, LightsailHostArgs
from components.hosts.local import LocalHost, LocalHostArgs
from components.hosts.new_machine import MachineSetup
from components.hosts.ssh import SshHost, SshHostArgs
from components.image import Image, ImageArgs
from components.lab_container import LabContainer, LabContainerArgs
from components.lifecycle_report import CLAIMS
from components.namespace_check import NamespaceCheck, NamespaceCheckArgs
from components.ssh_access import SshAccess
from components.verification_spec import Expectations, Target
from components.verifier_files import VerifierFiles, VerifierFilesArgs
from components.volume_check import VolumeCheck, VolumeCheckArgs

TRIED = [{"id": check, "status": "pass"} for check in CLAIMS]
FOLDER = Path(__file__).parents[2] / "components"


def check_args() -> NamespaceCheckArgs:
    return NamespaceCheckArgs(
        container_name="x",
        image_id="sha256:1",
        verifier_file="/verifier/verifier.pyz",
        files_container_id="f",
        targets=[Target(name="a", networks=[], mounts=[])],
        container_ids=[pulumi.Output.from_input("a" * 64)],
        expected=Expectations(networks=[], internal=[], require={}, deadline_ms=250),
        labels={},
        volume_answer=pulumi.Output.from_input(json.dumps({"run_id": "r", "checks": TRIED})),
        volume_run_id=pulumi.Output.from_input("r"),
        volume_check_urn=pulumi.Output.from_input("u"),
        make_verify="make verify",
        pulumi_up="pulumi up",
    )


def machine_setup() -> MachineSetup:
    return MachineSetup(
        os="al2023",
        public_key="ssh-rsa AAAA",
        address_pools=choose_address_pools([]),
        ready_within_seconds=60,
    )


COMPONENTS = {
    "BridgeNetwork": lambda opts: BridgeNetwork(
        "x",
        BridgeNetworkArgs(
            network_name="n", subnet="172.30.0.0/24", gateway="172.30.0.1", labels={}
        ),
        opts,
    ),
    "DataVolume": lambda opts: DataVolume("x", DataVolumeArgs(), opts),
    "Ec2Host": lambda opts: Ec2Host(
        "x",
        Ec2HostArgs(
            title="docklab-x",
            region="eu-central-1",
            ami="ami-01234567",
            instance_type="t3.small",
            root_volume_gib=20,
            admin_cidr="198.51.100.7/32",
            setup=machine_setup(),
            tags={},
            session_manager=True,
        ),
        opts,
    ),
    "HostDirectory": lambda opts: HostDirectory("x", HostDirectoryArgs(path="/srv/x"), opts),
    "Image": lambda opts: Image("x", ImageArgs(reference="base:1"), opts),
    "LabContainer": lambda opts: LabContainer(
        "x", LabContainerArgs(container_name="x", image_id="sha256:1", memory=64), opts
    ),
    "LightsailHost": lambda opts: LightsailHost(
        "x",
        LightsailHostArgs(
            title="docklab-x",
            region="eu-central-1",
            zone="eu-central-1a",
            blueprint="amazon_linux_2023",
            bundle="small_3_0",
            admin_cidr="198.51.100.7/32",
            setup=machine_setup(),
            tags={},
        ),
        opts,
    ),
    "LocalHost": lambda opts: LocalHost(
        "x", LocalHostArgs(docker_host="unix:///run/x.sock", lab_dir="/srv/lab"), opts
    ),
    "NamespaceCheck": lambda opts: NamespaceCheck("x", check_args(), opts),
    "SshHost": lambda opts: SshHost(
        "x",
        SshHostArgs(
            access=SshAccess(user="u", address="lab.example", host_key="ssh-ed25519 AAAA"),
            lab_dir="/home/u/docklab/x",
            ready_within_seconds=60,
        ),
        opts,
    ),
    "VerifierFiles": lambda opts: VerifierFiles(
        "x",
        VerifierFilesArgs(container_name="x", image_id="sha256:1", verifier=b"zip", labels={}),
        opts,
    ),
    "VolumeCheck": lambda opts: VolumeCheck(
        "x",
        VolumeCheckArgs(
            docker_host="unix:///run/x.sock",
            image_id="sha256:1",
            stack="test",
            python="python3",
            folder="/srv/x",
            about={},
        ),
        opts,
    ),
}


def classes() -> dict[str, tuple[Path, ast.ClassDef]]:
    return {
        node.name: (path, node)
        for path in FOLDER.rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
        and any("ComponentResource" in ast.dump(b) for b in node.bases)
    }


def test_every_component_is_under_this_contract():
    assert set(classes()) == set(COMPONENTS)


@pytest.mark.parametrize("make", COMPONENTS.values(), ids=COMPONENTS)
def test_children_nest_under_the_component_and_it_says_when_it_is_done(built, make):
    def nested():
        outer = pulumi.ComponentResource("docklab:test:Outer", "outer")
        make(pulumi.ResourceOptions(parent=outer, aliases=[pulumi.Alias(name="was")]))

    engine = built(nested)
    _, component, *children = engine.requests
    urn = engine.make_urn(component.parent, component.type, component.name)
    assert re.fullmatch(r"docklab:[a-z]+:[A-Z][A-Za-z0-9]+", component.type)
    assert children, "a component with no child is a function"
    assert {c.parent for c in children} == {urn}, "a child outside its component"
    assert not any(c.aliases for c in children), "opts belong to super(), not to children"
    assert all(c.name.startswith(f"{component.name}-") for c in children)
    assert urn in engine.finished, "register_outputs was not called"


@pytest.mark.parametrize("make", COMPONENTS.values(), ids=COMPONENTS)
def test_a_provider_given_to_the_component_reaches_its_docker_children(built, make):
    def nested():
        provider = docker.Provider("elsewhere", host="unix:///run/elsewhere.sock")
        make(pulumi.ResourceOptions(providers=[provider]))

    engine = built(nested)
    children = [r for r in engine.requests if r.type.startswith("docker:")]
    assert all("::elsewhere::" in child.provider for child in children)


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_a_component_file_has_its_args_beside_it_and_stays_small(name):
    path, node = classes()[name]
    source = path.read_text()
    assert f"class {name}Args:" in source
    assert f"@dataclass(frozen=True, kw_only=True)\nclass {name}Args:" in source
    assert len(source.splitlines()) < 250
    [init] = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
    assert init.end_lineno - init.lineno < 60
