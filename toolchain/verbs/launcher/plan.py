"""What the launcher does with a Pulumi command, decided from plain values. Pure.

The passphrase provider writes an `encryptionsalt` into the stack's configuration file. The files
under stacks/ are tracked, so Pulumi gets a rendered copy with `--config-file` wherever it takes
one, and runs in a shadow of the project folder where it does not. `pulumi config set` and its like
go to the tracked file itself: that is what they are for, and only a secret brings a salt with it.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from toolchain.verbs.launcher.arguments import Call

_OPERATIONS = frozenset(
    ("up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "import", "watch")
)
_READERS = _OPERATIONS | {"logs"}
_CONFIG_READS = frozenset({"", "get"})
_FALLBACK = {"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true"}


class Need(Enum):
    """What a command needs before it may run on tracked stack files."""

    NOTHING = "run as it is"
    CONFIG_FILE = "read configuration from a rendered copy"
    STATE_SALT = "write the tracked file, secrets with the salt that the state has"
    SHADOW = "run in the shadow folder, for it takes no --config-file"
    KEEP_FILE = "remove a stack, not its tracked file"
    DESTROY_THEN_REMOVE = "destroy, then remove the stack without its tracked file"


class Plan(NamedTuple):
    """argv after the program's name; then: arguments of a second run in the user's folder, if the
    first succeeds."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = {}
    shadow: bool = False
    then: tuple[str, ...] = ()
    note: str = ""


def need_of(call: Call) -> Need:
    """Which of the cases a command line is; NOTHING for all that Pulumi may do unwatched."""
    command, sub, flags = call.command, call.subcommand, call.flags
    if {"help", "-h", "config-file", "remote", "remote-config"} & flags.keys():
        return Need.NOTHING
    if command in ("destroy", "down", "dn") and flags.get("remove", "false") != "false":
        return Need.DESTROY_THEN_REMOVE
    if command in _READERS:
        from_template = command in ("up", "update") and sub
        return Need.NOTHING if from_template else Need.CONFIG_FILE
    if command == "config":
        return Need.CONFIG_FILE if sub in _CONFIG_READS else Need.STATE_SALT
    return _need_of_stack(sub, flags) if command == "stack" else Need.NOTHING


def _need_of_stack(sub: str, flags: Mapping[str, str]) -> Need:
    creates = sub == "select" and ("create" in flags or "-c" in flags)
    if sub in ("init", "new", "create", "setup") or creates:
        return Need.STATE_SALT if "copy-config-from" in flags else Need.SHADOW
    if sub in ("history", "hist") and "show-secrets" in flags:
        return Need.SHADOW
    if sub in ("rm", "remove", "delete") and "preserve-config" not in flags:
        return Need.KEEP_FILE
    return Need.STATE_SALT if sub == "change-secrets-provider" else Need.NOTHING


def plan_for(
    need: Need, call: Call, argv: Sequence[str], stack: str, rendered: str, has_salt: bool
) -> Plan:
    """The run for a command on a stack whose tracked file has no secrets settings of its own.

    rendered: path of the copy, "" for a file with its own settings (KEEP_FILE, DESTROY_THEN_REMOVE
    only); has_salt: the copy carries the state's salt already (else Pulumi takes it from the state,
    which is right but finds a wrong passphrase only when it first meets a secret).
    """
    given, fallback = tuple(argv), {} if has_salt else _FALLBACK
    if need is Need.CONFIG_FILE:
        return Plan(
            _insert(given, call, f"--config-file={rendered}"), fallback, note=_config_note(call)
        )
    if need is Need.STATE_SALT:
        return Plan(given, _FALLBACK, note=_secret_note(call, stack))
    if need is Need.SHADOW:
        named = call.flags.get("stack") or (call.words[2] if len(call.words) > 2 else "")
        selects = (
            named and call.subcommand not in ("history", "hist") and "no-select" not in call.flags
        )
        then = (*_folder(call), "stack", "select", named) if selects else ()
        return Plan(given, fallback, shadow=True, then=then)
    if need is Need.KEEP_FILE:
        return Plan(_insert(given, call, "--preserve-config", after=1))
    if need is Need.DESTROY_THEN_REMOVE:
        whole = _insert(given, call, f"--config-file={rendered}") if rendered else given
        destroy = tuple(token for token in whole if token.partition("=")[0] != "--remove")
        remove = (*_folder(call), "stack", "rm", "--yes", "--preserve-config", "--stack", stack)
        return Plan(destroy, fallback, then=remove, note=_config_note(call))
    return Plan(given)


def _insert(argv: tuple[str, ...], call: Call, flag: str, after: int = 0) -> tuple[str, ...]:
    index = call.at[after] + 1
    return (*argv[:index], flag, *argv[index:])


def _folder(call: Call) -> tuple[str, ...]:
    return ("--cwd", call.flags["cwd"]) if "cwd" in call.flags else ()


def _config_note(call: Call) -> str:
    if "config" not in call.flags:
        return ""
    return (
        "docklab: --config counts for this run only, the tracked stack file stays as it is;"
        " `pulumi config set` is what writes it"
    )


def _secret_note(call: Call, stack: str) -> str:
    if not {"secret"} & call.flags.keys():
        return ""
    return (
        f"docklab: a secret goes into the tracked file of stack {stack} together with an"
        " encryptionsalt; whoever else uses that file needs this passphrase"
        " (PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE)"
    )
