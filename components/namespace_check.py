"""A one-shot container that reads the kernel and says what is isolated; it fails the `up` if not.

It holds the power to see every namespace, hence: no network, a read-only root, one run, no socket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.lifecycle_report import answered
from components.verdict import Verdict, judge, refusal
from components.verification_spec import Expectations, Target, as_text, specification

_POWERS = ["CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]
_MEMORY_MIB = 128


@dataclass(frozen=True, kw_only=True)
class NamespaceCheckArgs:
    """`container_ids` in the order of `targets`.

    The image's `python3` runs `verifier_file`, which a volume of `files_container_id` holds.

    `volume_answer` is what the volume check printed and `volume_run_id` the run it must be of.

    `make_verify` is the command that verifies again; `pulumi_up` the one that takes `--replace` and
    the URNs of this container and of `volume_check_urn`.
    """

    container_name: str
    image_id: pulumi.Input[str]
    verifier_file: str
    files_container_id: pulumi.Input[str]
    targets: Sequence[Target]
    container_ids: Sequence[pulumi.Output[str]]
    expected: Expectations
    labels: Mapping[str, str]
    volume_answer: pulumi.Output[str]
    volume_run_id: pulumi.Output[str]
    volume_check_urn: pulumi.Output[str]
    make_verify: str
    pulumi_up: str


class NamespaceCheck(pulumi.ComponentResource):
    verdict: pulumi.Output[str]
    report: pulumi.Output[str]

    def __init__(
        self, name: str, args: NamespaceCheckArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:verification:NamespaceCheck", name, None, opts)
        spec = pulumi.Output.all(*args.container_ids).apply(
            lambda ids: specification(args.targets, ids, args.expected)
        )
        container = docker.Container(
            f"{name}-container",
            _observer(args, spec.apply(lambda s: f"NSV_SPEC={as_text(s)}")),
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                replace_on_changes=["*"],
                custom_timeouts=pulumi.CustomTimeouts(create="5m"),
            ),
        )
        verdict = pulumi.Output.all(
            container.exit_code,
            container.container_logs,
            spec.apply(lambda s: s["run_id"]),
            pulumi.Output.all(args.volume_answer, args.volume_run_id).apply(lambda a: answered(*a)),
        ).apply(lambda found: judge(*found))
        self.verdict = verdict.apply(lambda v: v.line)
        self.report = verdict.apply(lambda v: v.report)
        # Apart from the outputs, which must reach the state when this raises.
        pulumi.Output.all(verdict, container.urn, args.volume_check_urn).apply(
            lambda found: _gate(found[0], run_again(args, found[1:]))
        )
        self.register_outputs({"verdict": self.verdict})


def run_again(args: NamespaceCheckArgs, urns: Sequence[str]) -> list[str]:
    """The ways to verify again without a change of the lab."""
    both = "".join(f" --replace '{urn}'" for urn in urns)
    return [args.make_verify, f"{args.pulumi_up}{both}"]


def _gate(verdict: Verdict, ways: Sequence[str]) -> None:
    if verdict.problem is not None:
        raise pulumi.RunError(refusal(verdict, ways))


def _observer(args: NamespaceCheckArgs, question: pulumi.Output[str]) -> docker.ContainerArgs:
    return docker.ContainerArgs(
        name=args.container_name,
        image=args.image_id,
        entrypoints=["python3"],
        command=[args.verifier_file],
        envs=[question],
        attach=True,
        logs=True,
        must_run=False,
        rm=False,
        restart="no",
        capabilities=docker.ContainerCapabilitiesArgs(adds=_POWERS, drops=["ALL"]),
        security_opts=["apparmor=unconfined", "label=disable", "no-new-privileges:true"],
        userns_mode="host",
        network_mode="none",
        ipc_mode="private",
        cgroupns_mode="private",
        read_only=True,
        tmpfs={"/tmp": "rw,noexec,nosuid,nodev,size=16777216,mode=1777"},
        memory=_MEMORY_MIB,
        memory_swap=_MEMORY_MIB,
        mounts=[
            docker.ContainerMountArgs(
                type="bind", source="/proc", target="/host/proc", read_only=True
            )
        ],
        volumes=[
            docker.ContainerVolumeArgs(
                from_container=pulumi.Output.concat(args.files_container_id, ":ro")
            )
        ],
        labels=[
            docker.ContainerLabelArgs(label=label, value=value)
            for label, value in sorted(args.labels.items())
        ],
    )
