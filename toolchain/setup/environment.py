"""The environment of every Pulumi run. A user's own values win."""

from __future__ import annotations

import os
import shlex
import urllib.parse
from collections.abc import Mapping

from toolchain.paths import Paths
from toolchain.setup import engine_setup, plugins


def environment(paths: Paths, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What to add to `given`; nothing that the user has set, but PATH with our folder first."""
    folders = given.get("PATH", os.defpath).split(os.pathsep)
    own = str(paths.bin)
    result = {"PATH": os.pathsep.join([own, *(folder for folder in folders if folder != own)])}
    wanted = {
        "PULUMI_HOME": str(paths.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{urllib.parse.quote(str(paths.state))}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    if not given.get("PULUMI_CONFIG_PASSPHRASE"):
        wanted["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(paths.passphrase)
    if plugins.stand_ins(paths):
        wanted["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    if docker_host := engine_setup.record(paths).get("docker_host"):
        wanted["DOCKER_HOST"] = docker_host
    result |= {name: value for name, value in wanted.items() if not given.get(name)}
    return result


def as_shell(variables: Mapping[str, str]) -> str:
    """`export` lines for eval in any POSIX shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
