"""Whether volumes keep their data and stay out of the layer, tried on the host's engine: it takes
removing a container, which the verification container cannot. Judges nothing: it reports.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_command as command

from components.lifecycle_report import question


@dataclass(frozen=True, kw_only=True)
class VolumeCheckArgs:
    """`python` runs the program that is in `folder`, on the machine that runs Pulumi.

    `about` is what the answer is given anew for; `ssh_options` what reaching the engine takes
    beside its address. Nothing in them may be secret.
    """

    docker_host: pulumi.Input[str]
    image_id: pulumi.Input[str]
    stack: str
    python: str
    folder: str
    about: Mapping[str, str]
    ssh_options: pulumi.Input[Sequence[str]] = ()


class VolumeCheck(pulumi.ComponentResource):
    """`answer` is what the program printed, `run_id` what a fresh answer carries."""

    answer: pulumi.Output[str]
    run_id: pulumi.Output[str]
    command_urn: pulumi.Output[str]

    def __init__(
        self, name: str, args: VolumeCheckArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("docklab:verification:VolumeCheck", name, None, opts)
        asked = pulumi.Output.all(args.image_id, args.docker_host).apply(
            lambda known: question(known[0], args.stack, {**args.about, "docker_host": known[1]})
        )
        self.run_id = asked.apply(lambda spec: spec["run_id"])
        # It ends well whatever it finds: what fails would never reach the state, nor the report.
        run = command.local.Command(
            f"{name}-lifecycle",
            interpreter=[args.python, "-m"],
            create="lifecycle",
            dir=args.folder,
            environment={
                "DOCKER_HOST": args.docker_host,
                "LIFECYCLE_SSH_OPTIONS": pulumi.Output.from_input(args.ssh_options).apply(
                    lambda options: json.dumps(list(options))
                ),
                "LIFECYCLE_SPEC": asked.apply(lambda spec: json.dumps(spec, sort_keys=True)),
            },
            add_previous_output_in_env=False,
            logging=command.local.Logging.NONE,
            triggers=[self.run_id],
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create="2m", update="2m"),
            ),
        )
        self.answer, self.command_urn = run.stdout, run.urn
        self.register_outputs({"run_id": self.run_id})
