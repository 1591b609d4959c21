"""A real sshd on loopback with keys of its own, for labs whose host is a machine behind SSH."""

from __future__ import annotations

import getpass
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packages import require

SECONDS = 10.0


@dataclass
class SshServer:
    """sshd for the user of the tests, who gets in with `identity` and nothing else."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    host_key: str = field(init=False)
    settings: dict[str, str] = field(default_factory=dict)  # of sshd_config, beside ours

    def __post_init__(self) -> None:
        for name in ("host", "identity", "stranger"):
            make_key(self.folder / name)
        self.host_key = public(self.folder / "host")
        shutil.copyfile(self.folder / "identity.pub", self.folder / "authorized_keys")
        self.port = self.port or free_port()

    @property
    def identity(self) -> str:
        return str(self.folder / "identity")

    def start(self) -> None:
        """Raises AssertionError with sshd's log when it does not listen."""
        units = ("ssh.service", "ssh.socket")
        program = require("sshd", "openssh-server", "tests reach a lab's host over ssh", units)
        Path("/run/sshd").mkdir(exist_ok=True)
        settings = {
            "Port": self.port,
            "ListenAddress": "127.0.0.1",
            "HostKey": self.folder / "host",
            "AuthorizedKeysFile": self.folder / "authorized_keys",
            "PidFile": "none",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "StrictModes": "no",
            **self.settings,
        }
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        self.process = subprocess.Popen([program, "-D", "-f", config, "-E", self.folder / "log"])
        end = time.monotonic() + SECONDS
        while not answers(self.port):
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends sshd and every connection through it."""
        if self.process is None:
            return
        sessions = children(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(SECONDS)
        self.process = None
        for pid in sessions:
            subprocess.run(["kill", "-KILL", str(pid)], check=False, capture_output=True)

    def connections(self) -> int:
        """How many logins the log has."""
        return (self.folder / "log").read_text().count("Accepted publickey")

    def host_config(self, docker_host: str, **changes: Any) -> dict[str, Any]:
        """`lab.host` for this server in front of a local engine."""
        return {
            "kind": "ssh",
            "address": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "host_key": self.host_key,
            "identity_file": self.identity,
            "socket": docker_host.removeprefix("unix://"),
            "lab_dir": str(self.folder / "lab"),
            "ready_within": "20s",
            **changes,
        }


def make_key(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)]
    subprocess.run(command, check=True)


def public(path: Path) -> str:
    """`kind base64` of a key made by make_key."""
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as one:
            return one.recv(4) == b"SSH-"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """Direct children: sshd has one for each connection."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(word) for word in listed]
