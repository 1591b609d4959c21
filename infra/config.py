"""The one place the stack's configuration is read: the lab's model, and the secrets it names."""

import re
from collections.abc import Callable, Iterator

import pulumi
from pydantic import ValidationError

from infra.explain import explain
from infra.model.lab import Lab

_WORDS = re.compile(r"[A-Z]?[a-z]+([_-]?[A-Z]?[a-z]+)*([_-][0-9]+)?|[A-Z]+(_[A-Z]+)*(_[0-9]+)?")


def parse(raw: object, is_secret: bool = False, stack: str = "<stack>") -> Lab:
    """The lab that a configuration value describes. `stack` is for the commands in messages.

    Raises:
        pulumi.RunError: naming every problem by its key; a value that is a secret is not shown.
    """
    if raw is None:
        raise pulumi.RunError(
            "the stack's configuration holds no docklab:lab; write one in "
            "stacks/Pulumi.<stack>.yaml (stacks/Pulumi.local.yaml is a commented example)"
        )
    if is_secret:
        raise pulumi.RunError(
            "lab: holds a secret value. Keep it out of the lab: `pulumi config set --secret <key>` "
            "and name that key under the container's secret_environment"
        )
    try:
        return Lab.model_validate(raw)
    except ValidationError as error:
        told = _message(explain(error, Lab, "lab"))
        raise pulumi.RunError(told.replace("STACK=<stack>", f"STACK={stack}")) from None


def load() -> Lab:
    """The lab of the stack that runs, with every secret it names present and encrypted.

    Raises:
        pulumi.RunError: as `parse`, and for a secret that is missing or in plain text.
    """
    config = pulumi.Config()
    try:
        raw = config.get_object("lab")
    except pulumi.ConfigTypeError:
        raise pulumi.RunError("lab: must be a mapping of keys to settings, not a text") from None
    lab = parse(
        raw, pulumi.runtime.is_config_secret(config.full_key("lab")), stack=pulumi.get_stack()
    )
    problems = list(
        secret_problems(
            lab,
            exists=lambda key: config.get(key) is not None,
            encrypted=lambda key: pulumi.runtime.is_config_secret(config.full_key(key)),
            stack=pulumi.get_stack(),
        )
    )
    if problems:
        raise pulumi.RunError(_message(problems))
    return lab


def secret_problems(
    lab: Lab, exists: Callable[[str], bool], encrypted: Callable[[str], bool], stack: str
) -> Iterator[str]:
    """What is wrong with the secrets that the lab names, in the order of the YAML."""
    for name, container in lab.containers.items():
        for variable, key in container.secret_environment.items():
            path = f"lab.containers.{name}.secret_environment.{variable}"
            # A name is words; what is none may be the secret itself, written in the wrong place.
            word = key if _WORDS.fullmatch(key) else "<key>"
            remedy = f"run `pulumi config set --secret {word} --stack {stack}`"
            if not exists(key):
                named = word if word == key else "key of the name that stands there"
                yield f"{path}: the stack's configuration has no {named}; {remedy}"
            elif not encrypted(key):
                yield f"{path}: {key} is in plain text; {remedy}, which encrypts it"


def _message(problems: list[str]) -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join(
        [
            f"the stack's configuration does not describe a lab ({count}):",
            *(f"  {p}" for p in problems),
        ]
    )
