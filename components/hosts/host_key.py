"""A machine's host key, made once and before the machine: its first connection is trusted."""

from dataclasses import dataclass

import pulumi
import pulumi_command as command

# The private half is printed last and in one go: a failure before that shows none of it.
_MAKE = """\
umask 077
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
ssh-keygen -q -t ed25519 -N '' -C docklab -f "$folder/key" >&2 || exit 1
cat "$folder/key" "$folder/key.pub"
"""


@dataclass(frozen=True, kw_only=True)
class HostKey:
    """`private` is a secret, in OpenSSH's format; `public` is `kind base64`."""

    private: pulumi.Output[str]
    public: pulumi.Output[str]


def host_key(name: str, opts: pulumi.ResourceOptions) -> HostKey:
    """A key pair that lives in the state, encrypted, and nowhere else on this machine."""
    made = command.local.Command(
        f"{name}-hostkey",
        create=_MAKE,
        logging=command.local.Logging.NONE,
        add_previous_output_in_env=False,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                additional_secret_outputs=["stdout", "stderr"],
                # Another wording of the script is no reason for another key, and so machine.
                ignore_changes=["create", "logging", "add_previous_output_in_env"],
            ),
        ),
    )
    pair: pulumi.Output[str] = made.stdout.apply(pulumi.Output.secret)
    return HostKey(
        private=pair.apply(lambda text: halves(text)[0]),
        public=pulumi.Output.unsecret(pair.apply(lambda text: halves(text)[1])),
    )


def halves(printed: str) -> tuple[str, str]:
    """The private key, and the public one without its comment.

    Raises:
        pulumi.RunError: when that is not what was printed; what was is not shown.
    """
    private, _, public = printed.strip().rpartition("\n")
    words = public.split()
    if len(words) < 2 or words[0] != "ssh-ed25519" or "PRIVATE KEY" not in private:
        raise pulumi.RunError(
            "the host key in the state is damaged; `pulumi up --target-replace` on the resource "
            "whose name ends with -hostkey makes another, and with it another machine"
        )
    return f"{private}\n", f"{words[0]} {words[1]}"
