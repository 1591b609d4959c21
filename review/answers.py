"""What the recording engine answers a registration: its inputs, and names in place of outputs.

A reader sees `${web-container.id}` where a run would put an id. What only a run can tell and the
program would judge (a verdict, an exit code) stays unknown, as in a preview.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from review.samples import ADDRESS, HOST_KEY_PAIR

_CHECKPOINT = "pulumi:pulumi:readStackResourceOutputs"
# What a command or a container prints is not known before it has run.
_PRINTED = {"stdout", "stderr", "containerLogs"}
# Outputs that the program takes apart, and which must therefore look like the real ones.
_TAKEN_APART = {
    ("aws:ec2/eip:Eip", "publicIp"): ADDRESS,
    ("aws:lightsail/staticIp:StaticIp", "ipAddress"): ADDRESS,
}
_HOST_KEY = "-hostkey"


class OnlyInARun(Exception):
    """The program asks what nobody can answer without a run; says what."""


class Answers(Mocks):
    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        made = {name: f"${{{args.name}.{name}}}" for name in _outputs(args.typ)}
        state = {**made, **args.inputs}
        for name in made:
            if (args.typ, name) in _TAKEN_APART:
                state[name] = _TAKEN_APART[args.typ, name]
        if args.typ == "command:local:Command" and args.name.endswith(_HOST_KEY):
            state["stdout"] = HOST_KEY_PAIR
        return f"${{{args.name}.id}}", state

    def call(self, args: MockCallArgs) -> Any:
        if args.token != _CHECKPOINT:
            raise OnlyInARun(
                f"the program calls {args.token}, which only a run can answer, so that nothing of "
                "this stack can be reviewed; make it a resource, or a setting of the stack file"
            )
        return {"name": args.args["stackName"], "outputs": {}}


@cache
def _outputs(token: str) -> frozenset[str]:
    """The outputs of a resource type that are text, by the provider's names."""
    return frozenset(name for kind in _kinds().get(token, ()) for name in _texts(kind))


def _kinds() -> dict[str, list[type]]:
    found: dict[str, list[type]] = {}
    for kind in _below(pulumi.CustomResource):
        if (token := pulumi.get_type_token(kind)) is not None:
            found.setdefault(token, []).append(kind)
    return found


def _below(kind: type[pulumi.CustomResource]) -> Iterator[type[pulumi.CustomResource]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _texts(kind: type) -> Iterator[str]:
    for member in vars(kind).values():
        getter = getattr(member, "fget", None)
        name = getattr(getter, "_pulumi_name", None)
        if name and name not in _PRINTED and _is_text(getter.__annotations__.get("return")):
            yield name


def _is_text(annotation: object) -> bool:
    return annotation in (pulumi.Output[str], pulumi.Output[str | None])
