"""The lab, from top to bottom. Reads as its table of contents; the details are in `wiring`."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pulumi

from components.bridge_network import BridgeNetwork
from components.data_volume import DataVolume
from components.host import Host
from components.host_directory import HostDirectory, HostDirectoryArgs
from components.image import Image, ImageArgs
from components.isolation_summary import isolation
from components.lab_container import LabContainer
from components.namespace_check import NamespaceCheck, NamespaceCheckArgs
from components.verifier_files import FILE as VERIFIER_FILE
from components.verifier_files import VerifierFiles, VerifierFilesArgs
from components.volume_check import VolumeCheck
from infra import wiring
from infra.data_guard import data_guard
from infra.hosting import host_of
from infra.model.lab import Lab
from infra.model.lab_rules import CHECK_KEY, FILES_KEY, start_order
from infra.model.paths import resolve_source
from infra.surroundings import Surroundings

NOT_VERIFIED = "not verified: the lab says verification: {enabled: false}"


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a lab is made of, by the keys of the YAML."""

    host: Host
    networks: Mapping[str, BridgeNetwork]
    volumes: Mapping[str, DataVolume]
    containers: Mapping[str, LabContainer]
    check: NamespaceCheck | None


def build(
    lab: Lab, around: Surroundings, make_host: Callable[[Lab, Surroundings], Host] = host_of
) -> Built:
    host = make_host(lab, around)
    opts = host.options(after=data_guard(lab, host, around))

    images = {
        key: Image(key, ImageArgs(reference=image.reference), opts)
        for key, image in lab.images.items()
    }
    networks = {
        key: BridgeNetwork(key, wiring.network_args(around.stack, key, network), opts)
        for key, network in lab.networks.items()
    }
    volumes = {
        key: DataVolume(
            key,
            wiring.volume_args(volume),
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(protect=lab.protects(key) or None)
            ),
        )
        for key, volume in lab.volumes.items()
    }
    directories = {
        source: HostDirectory(
            wiring.directory_name(source),
            HostDirectoryArgs(
                path=resolve_source(source, host.lab_dir), address=host.address, shell=host.shell
            ),
            opts,
        )
        for source in wiring.created_sources(lab)
    }
    containers = _containers(lab, around.stack, host, images, networks, volumes, directories, opts)
    check = (
        _check(lab, around, host, images, containers, opts) if lab.verification.enabled else None
    )
    return Built(host=host, networks=networks, volumes=volumes, containers=containers, check=check)


def _containers(
    lab: Lab,
    stack: str,
    host: Host,
    images: Mapping[str, Image],
    networks: Mapping[str, BridgeNetwork],
    volumes: Mapping[str, DataVolume],
    directories: Mapping[str, HostDirectory],
    opts: pulumi.ResourceOptions,
) -> dict[str, LabContainer]:
    made: dict[str, LabContainer] = {}
    for key in start_order(lab):
        binds = lab.containers[key].binds
        made[key] = LabContainer(
            key,
            wiring.container_args(
                lab,
                key,
                stack=stack,
                lab_dir=host.lab_dir,
                image_id=images[lab.containers[key].image].image_id,
                networks={name: network.network_name for name, network in networks.items()},
                volumes={name: volume.volume_name for name, volume in volumes.items()},
                container_ids={name: container.container_id for name, container in made.items()},
                secret=pulumi.Config().require_secret,
            ),
            pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    depends_on=[directories[b.source] for b in binds if b.source in directories]
                ),
            ),
        )
    return made


def _check(
    lab: Lab,
    around: Surroundings,
    host: Host,
    images: Mapping[str, Image],
    containers: Mapping[str, LabContainer],
    opts: pulumi.ResourceOptions,
) -> NamespaceCheck:
    image_id = images[lab.verification_image].image_id
    files = VerifierFiles(
        "isolation",
        VerifierFilesArgs(
            container_name=wiring.engine_name(around.stack, FILES_KEY),
            image_id=image_id,
            verifier=around.verifier,
            labels=wiring.labels(around.stack),
        ),
        opts,
    )
    volumes = VolumeCheck("isolation", wiring.volume_check_args(lab, around, host, image_id), opts)
    return NamespaceCheck(
        "isolation",
        NamespaceCheckArgs(
            container_name=wiring.engine_name(around.stack, CHECK_KEY),
            image_id=image_id,
            verifier_file=VERIFIER_FILE,
            files_container_id=files.container_id,
            targets=[wiring.target(key, container) for key, container in lab.containers.items()],
            container_ids=[containers[key].container_id for key in lab.containers],
            expected=wiring.expectations(lab),
            labels=wiring.labels(around.stack),
            volume_answer=volumes.answer,
            volume_run_id=volumes.run_id,
            volume_check_urn=volumes.command_urn,
            make_verify=f"make verify STACK={around.stack}",
            pulumi_up=f"pulumi up --stack {around.stack}",
        ),
        opts,
    )


def export(built: Built, say: Callable[[str, object], None] = pulumi.export) -> None:
    """The stack's outputs."""
    say("verdict", built.check.verdict if built.check else NOT_VERIFIED)
    say("report", built.check.report if built.check else "")
    say("isolation", built.check.report.apply(isolation) if built.check else {})
    say(
        "docker_host",
        pulumi.Output.from_input(built.host.docker_host).apply(
            lambda address: f"export DOCKER_HOST={shlex.quote(address)}"
        ),
    )
    say("lab_dir", built.host.lab_dir)
    say("containers", {key: c.container_name for key, c in built.containers.items()})
    say("networks", {key: n.network_name for key, n in built.networks.items()})
    say("volumes", {key: v.volume_name for key, v in built.volumes.items()})
    for name, value in built.host.outputs.items():
        say(name, value)
