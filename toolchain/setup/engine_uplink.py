"""The private engine's way out: `pasta` carries its traffic to the machine's network.

Only outbound. Ports come in through port_publisher.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_NAMESERVER = "169.254.1.1"
_ADDRESS, _GATEWAY = "169.254.2.2", "169.254.2.1"


def obstacle() -> str | None:
    """Why containers would have no way out, or None."""
    if find() is None:
        return "`pasta` (package passt) is not installed"
    if not Path("/dev/net/tun").exists():
        return "the machine has no /dev/net/tun"
    return None


def find() -> str | None:
    return shutil.which("pasta", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")


def resolver_text() -> str:
    """The /etc/resolv.conf that the engine and its containers see."""
    return f"nameserver {_NAMESERVER}\n"


def command(pasta: str, log: Path, pid_file: Path) -> list[str]:
    """`pasta` for the network namespace that is its standard input.

    The link has an address of its own: with the machine's, a lab could not use its subnet.
    As root pasta becomes `nobody`, who may not enter a namespace of root: hence --runas.
    """
    ports = ["-t", "none", "-u", "none", "-T", "none", "-U", "none"]
    return [
        *(pasta, "--quiet", "--runas", "0:0", "--netns-only", "--netns", "/proc/self/fd/0"),
        *("--no-netns-quit", "--config-net", "-4", "-I", "uplink", "--mtu", "1500", *ports),
        *("-a", _ADDRESS, "-n", "30", "-g", _GATEWAY, "--no-map-gw", "--dns-forward", _NAMESERVER),
        *("--log-file", str(log), "--pid", str(pid_file)),
    ]


def attach(pid: int, runtime: Path, environment: Mapping[str, str]) -> str | None:
    """Connects the network namespace of process `pid`. What went wrong, or None."""
    if problem := obstacle():
        return problem
    pasta = find()
    assert pasta is not None
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        done = subprocess.run(
            command(pasta, runtime / "uplink.log", runtime / "uplink.pid"),
            stdin=namespace,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=dict(environment),
            check=False,
        )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        said = [word for word in words if "syslog" not in word]
        return f"`pasta` failed: {said[-1] if said else f'exit code {done.returncode}'}"
    return _drop_invalid(pid, environment)


def _drop_invalid(pid: int, environment: Mapping[str, str]) -> str | None:
    # Some releases of pasta send TCP segments without any flag. An endpoint ignores those; a
    # translating router in between, as the engine is, would answer with a reset.
    rule = ["-I", "INPUT", "-i", "uplink", "-m", "conntrack", "--ctstate", "INVALID", "-j", "DROP"]
    done = subprocess.run(
        ["nsenter", "-t", str(pid), "-n", "iptables", "-w", *rule],
        capture_output=True,
        env=dict(environment),
        check=False,
    )
    if done.returncode:
        return f"`iptables` failed: {done.stderr.decode(errors='replace').strip()}"
    return None
