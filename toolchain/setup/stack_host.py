"""Whether a stack's lab runs on this machine: then it needs a Docker engine here, else not."""

from __future__ import annotations

import re
import subprocess

from toolchain.paths import Paths

_ELSEWHERE = re.compile(r"\b(ssh|ec2|lightsail)\b")
_KIND = """
import sys, yaml
lab = (yaml.safe_load(open(sys.argv[1], encoding="utf-8")) or {})["config"]["docklab:lab"]
print(lab["host"]["kind"])
"""


def is_local(paths: Paths, stack: str | None) -> bool:
    """True also for a stack file that says nothing clear: what is wrong with it is told later."""
    file = paths.root / "stacks" / f"Pulumi.{stack}.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return True
    if stack is None or not _ELSEWHERE.search(text):
        return True
    # YAML is read by the environment's Python: this one may have no parser.
    command = [str(paths.python), "-c", _KIND, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode != 0 or done.stdout.strip() == "local"
