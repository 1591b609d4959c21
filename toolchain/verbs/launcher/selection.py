"""Which stack `pulumi stack select` chose, read from Pulumi's own workspace file (pkg/workspace,
Settings)."""

import hashlib
import json
import os
from collections.abc import Mapping

from toolchain.verbs.launcher.stackfiles import Project


def selected(env: Mapping[str, str], project: Project, folder: str) -> str | None:
    """The selected stack's name as Pulumi would take it; None when there is none."""
    if env.get("PULUMI_STACK"):
        return env["PULUMI_STACK"]
    home = env.get("PULUMI_HOME") or os.path.join(os.path.expanduser("~"), ".pulumi")
    for path in workspace_files(home, project, env.get("PWD"), folder):
        try:
            with open(path, encoding="utf-8") as file:
                return chosen(json.load(file), env.get("PULUMI_BACKEND_URL", ""))
        except (OSError, ValueError):
            continue
    return None


def chosen(settings: Mapping[str, object], url: str) -> str | None:
    """The stack that the settings name for a backend; the entry without a backend is of older
    CLIs."""
    stacks = settings.get("stacks")
    by_backend = stacks if isinstance(stacks, Mapping) else {}
    name = by_backend.get(url) or settings.get("stack")
    return name if isinstance(name, str) and name else None


def workspace_files(home: str, project: Project, pwd: str | None, folder: str) -> list[str]:
    """Where the settings may lie: named by a hash of the project file's path, as the shell or as
    the kernel has it."""
    paths = [project.file, os.path.realpath(project.file)]
    if pwd and os.path.realpath(pwd) == os.path.realpath(folder):
        depth = os.path.relpath(project.file, folder)
        paths.insert(0, os.path.normpath(os.path.join(pwd, depth)))
    names = dict.fromkeys(
        hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest() for path in paths
    )
    return [
        os.path.join(home, "workspaces", f"{project.name}-{name}-workspace.json") for name in names
    ]


def absolute_paths(env: Mapping[str, str], folder: str) -> dict[str, str]:
    """The settings that Pulumi resolves against its working folder, resolved against the user's."""
    changed = {}
    url = env.get("PULUMI_BACKEND_URL", "")
    path = url.removeprefix("file://")
    if url.startswith("file://") and path and path[0] not in "/~":
        changed["PULUMI_BACKEND_URL"] = "file://" + os.path.join(folder, path)
    passphrase = env.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    if passphrase:
        changed["PULUMI_CONFIG_PASSPHRASE_FILE"] = os.path.join(folder, passphrase)
    return changed
