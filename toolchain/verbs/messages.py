"""What a verb says when a run did not end well: one paragraph, what happened and what to do next.
Pure."""

import re
from collections.abc import Mapping

_PASSPHRASE = re.compile(
    r"incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE_FILE:|failed to decrypt"
)


def make(verb: str, stack: str) -> str:
    """The command line of a verb, as a user types it."""
    return f"make {verb}" if stack == "local" else f"make {verb} STACK={stack}"


def interrupted(verb: str, stack: str) -> str:
    again = make(verb, stack)
    undo = "" if verb == "down" else f"; `{make('down', stack)}` removes what is there so far"
    return f"Interrupted. Run `{again}` again: it puts right what was cut short and goes on{undo}."


def is_about_passphrase(complaint: str) -> bool:
    """Whether Pulumi's words on standard error say that the passphrase is missing or wrong."""
    return bool(_PASSPHRASE.search(complaint))


def unreadable_passphrase(file: str, kept: str) -> str:
    return (
        f"The passphrase file {file} (PULUMI_CONFIG_PASSPHRASE_FILE) cannot be read. Put it there,"
        f" or unset the variable: then the one in {kept} counts, which `make setup` writes."
    )


def wrong_passphrase(
    env: Mapping[str, str], stack: str, stack_file: str, own_salt: bool, kept: str
) -> str:
    """Which passphrase was used, what it does not open, the ways out.

    own_salt: the tracked stack file has an encryptionsalt; kept: the passphrase file that setup
    wrote.
    """
    file = env.get("PULUMI_CONFIG_PASSPHRASE_FILE", "")
    if "PULUMI_CONFIG_PASSPHRASE" in env:
        used = "The passphrase in the variable PULUMI_CONFIG_PASSPHRASE"
        way_out = "set it to the right one"
        if file:
            way_out += f", or unset it: then the one in {file} counts"
    elif file:
        used = f"The passphrase in {file} (PULUMI_CONFIG_PASSPHRASE_FILE)"
        way_out = "put the right one there"
        if file != kept:
            way_out += f", or unset the variable: then the one in {kept} counts"
    else:
        return (
            "No passphrase is set, so the secrets cannot be read. Set PULUMI_CONFIG_PASSPHRASE_FILE"
            f" or PULUMI_CONFIG_PASSPHRASE, or run `make setup`, which keeps one in {kept}."
        )
    what = (
        f"the secrets in {stack_file} (its encryptionsalt)"
        if own_salt
        else f"the state of stack {stack}"
    )
    return (
        f"{used} does not open {what}. Nothing was changed. To go on, {way_out}. If the right one"
        " is"
        " lost, those secrets are lost too: `pulumi config rm` and `pulumi stack rm --force` are"
        " the"
        " way to begin anew."
    )


def unfinished(command: str, stack: str) -> str:
    """command: what Pulumi was asked for, such as up."""
    again, undo = make(command, stack), make("down", stack)
    return (
        f"`pulumi {command}` did not finish. Put right what it names above and run `{again}` again:"
        f" it goes on from what is there. `{undo}` removes what is there."
    )


def not_isolated(stack: str) -> str:
    up, verify, down = (make(verb, stack) for verb in ("up", "verify", "down"))
    return (
        "The lab is up, but it is NOT verified as isolated: the table names each check that failed"
        f" and its remedy. Put that right in stacks/Pulumi.{stack}.yaml and run `{up}` again, which"
        f" verifies again; `{verify}` verifies the lab as it is, `{down}` removes it."
    )


def down_failed(stack: str) -> str:
    again = make("down", stack)
    return (
        f"`pulumi destroy` did not finish. Put right what it names above and run `{again}` again."
        f" If the engine is gone for good, `pulumi stack rm --force {stack}` forgets what was on"
        " it."
    )


def run_failed(verb: str, stack: str, command: str = "") -> str:
    """command: what Pulumi was asked for, where it is not called as the verb is."""
    return (
        f"`pulumi {command or verb}` failed; nothing was changed. Put right what it names above"
        f" and run `{make(verb, stack)}` again."
    )
