"""For each line of standard input: a first boot on which the call that begins so fails.

Only cloud-init's last stage runs, which is what runs the script; its own program, in a child of
this process because loading it takes longer than all it does. Prints one JSON object a line.
"""

import json
import os
import sys
from pathlib import Path

# Of the machine that this runs on; status is loaded for the children.
from cloudinit.cmd import main, status  # noqa: F401

STATE = Path("/var/lib/docklab")
CALLS, FAIL = Path("/rehearsal/calls"), Path("/rehearsal/fail")
LOGS = [Path("/var/log/docklab-init.log"), Path("/var/log/cloud-init-output.log")]
DONE = Path("/var/lib/cloud/instance/sem/config_scripts_user")
SAID = Path("/rehearsal/said")


def cloud_init(*words: str) -> tuple[int, str]:
    """What `cloud-init words...` ends with and prints."""
    child = os.fork()
    if child == 0:
        output = os.open(SAID, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = ["cloud-init", *words]
        code = 70
        try:
            code = int(main.main() or 0)
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), SAID.read_text()


def attempt(call: str) -> dict[str, object]:
    for file in (STATE / "ready", STATE / "failed", DONE):
        file.unlink(missing_ok=True)
    for file in (CALLS, *LOGS):
        file.write_text("")
    FAIL.write_text(call)
    cloud_init("modules", "--mode=final")
    code, said = cloud_init("status", "--wait")
    return {
        "status": said,
        "code": code,
        "calls": CALLS.read_text().splitlines(),
        "ready": (STATE / "ready").exists(),
        "failed": (STATE / "failed").read_text() if (STATE / "failed").exists() else "",
        "logs": [log.read_text() for log in LOGS],
    }


for call in sys.stdin.read().splitlines():
    print(json.dumps(attempt(call)), flush=True)
FAIL.write_text("")
CALLS.write_text("")
