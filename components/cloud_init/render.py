"""User data as text, the same for the same arguments on every machine and in every release.

Written out, not dumped by a library: a difference of one byte is another machine. For the same
reason nothing is compressed.
"""

import base64
import json
import shlex
from importlib import resources
from textwrap import indent

from components.cloud_init.user_data import UserData

LIMIT = 16_384
SCRIPT_PATH = "/var/lib/docklab/init.sh"

_CLOUD_CONFIG = """\
#cloud-config
# The first boot of a host of docklab. One script does everything, and stops at the first failure:
# cloud-init's own modules go on after one.
{quiet}package_update: false
package_upgrade: false
# The host key that the lab's known_hosts names, and no other.
ssh_deletekeys: true
ssh_keys:
  ed25519_private: |
{private}
  ed25519_public: {public}
write_files:
- path: {path}
  owner: root:root
  permissions: "0600"
  content: |
{script}
runcmd:
- [bash, {path}]
"""
# Amazon Linux 2 alone knows this key; without it it updates at boot and may restart Docker.
_QUIET = "repo_upgrade: none\n"
_HOST_KEY = """\

# Lightsail runs one line of shell and reads no cloud-config, so the host key comes in here.
install_host_key() {{
    (
        umask 077
        cat > /etc/ssh/ssh_host_ed25519_key.new <<'KEY'
{private}KEY
    )
    mv /etc/ssh/ssh_host_ed25519_key.new /etc/ssh/ssh_host_ed25519_key
    printf '%s\\n' "$DOCKLAB_HOST_KEY" > /etc/ssh/ssh_host_ed25519_key.pub
}}
"""


def cloud_config(args: UserData) -> str:
    """User data for cloud-init, of EC2. It holds the private host key: a secret.

    Raises:
        ValueError: when it is too long.
    """
    text = _CLOUD_CONFIG.format(
        quiet=_QUIET if args.os == "al2" else "",
        private=indent(args.private_key, " " * 4).rstrip("\n"),
        public=json.dumps(args.public_key),
        path=SCRIPT_PATH,
        script=indent(script(args), " " * 4).rstrip("\n"),
    )
    return check_size(text)


def single_line(args: UserData) -> str:
    """User data for Lightsail: one line of shell, which writes the script and runs it.

    It holds the private host key, encoded: a secret. The script goes into a file first, so that
    half of it is never run.

    Raises:
        ValueError: when it is too long.
    """
    text = script(args, _HOST_KEY.format(private=args.private_key))
    encoded = base64.b64encode(text.encode()).decode()
    folder = SCRIPT_PATH.rpartition("/")[0]
    return check_size(
        f"umask 077 && mkdir -p {folder} && echo {encoded} | base64 -d > {SCRIPT_PATH} && "
        f"umask 022 && bash {SCRIPT_PATH}"
    )


def script(args: UserData, more: str = "") -> str:
    """The script of the first boot: this host's settings, `more`, then `first_boot.sh`."""
    body = resources.files("components.cloud_init").joinpath("first_boot.sh").read_text("utf-8")
    values = {
        "DOCKLAB_OS": args.os,
        "DOCKLAB_USER": args.user,
        "DOCKLAB_UPDATES": args.updates,
        "DOCKLAB_RELEASE": _release(args),
        "DOCKLAB_REMAP": "yes" if args.userns_remap else "no",
        "DOCKLAB_DIR": args.lab_dir,
        "DOCKLAB_HOST_KEY": args.public_key,
        "DOCKLAB_DAEMON": daemon_json(args),
    }
    settings = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
    return f"#!/bin/bash\n# Settings of this host.\n{settings}{more}\n{body}"


def daemon_json(args: UserData) -> str:
    """The engine's configuration, /etc/docker/daemon.json."""
    # Live restore is incompatible with swarm mode alone, which labs do not use (moby,
    # daemon/config: IsSwarmCompatible); with userns-remap a container was seen to live through
    # a restart of the engine, its mapping unchanged.
    settings: dict[str, object] = {
        "live-restore": args.live_restore,
        "log-driver": "json-file",
        "log-opts": {"max-size": args.log_max_size, "max-file": str(args.log_max_file)},
        "default-address-pools": [
            {"base": str(pool.base), "size": pool.size} for pool in args.address_pools
        ],
    }
    if args.userns_remap:
        settings["userns-remap"] = "default"
    return json.dumps(settings, indent=2)


def check_size(text: str) -> str:
    """`text` itself, which AWS accepts only up to 16 KB, counted before it is encoded.

    Raises:
        ValueError: when it is longer.
    """
    size = len(text.encode())
    if size > LIMIT:
        raise ValueError(
            f"the user data is {size} bytes and AWS takes {LIMIT}; shorten lab_dir, or give "
            "fewer address pools: the script itself leaves room for both"
        )
    return text


def _release(args: UserData) -> str:
    return args.al2023_release if args.os == "al2023" and args.updates != "none" else ""
