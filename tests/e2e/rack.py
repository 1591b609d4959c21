"""Machines that can be rented and replaced, behind one address: real engines, a real sshd.

A machine is the network and the mounts of a private engine. Whoever connects to the address gets an
sshd inside the machine that it leads to at that moment, as inetd would start it; the connection
stays with that machine, wherever the address leads later.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e.ssh_server import children, make_key, public

from toolchain.setup.engine import PrivateEngine

LAB_DIR = "/srv/docklab"
_SSHD = "/usr/sbin/sshd"
# What a first boot leaves, and nothing of it on the machine that the tests run on.
_FIRST_BOOT = f"""\
mount -t tmpfs docklab /srv && mount -t tmpfs docklab /var/lib || exit 1
mkdir -p {LAB_DIR} /var/lib/docklab /srv/bin && touch /var/lib/docklab/ready || exit 1
printf '%s' "$1" > /srv/machine
printf '#!/bin/sh\\necho "status: done"\\n' > /srv/bin/cloud-init && chmod +x /srv/bin/cloud-init
"""


@dataclass
class Machine:
    """One engine with its own /srv, where its `lab_dir` is, and its own marks of a first boot."""

    folder: Path
    engine: PrivateEngine

    @property
    def docker_host(self) -> str:
        return self.engine.docker_host

    @property
    def terminated(self) -> bool:
        return (self.folder / "terminated").exists()

    @property
    def log(self) -> Path:
        return self.folder / "sshd.log"

    def start(self, keys: Path) -> None:
        self.engine.start()
        self.shell(_FIRST_BOOT)
        settings = {
            "HostKey": keys / "host",
            "AuthorizedKeysFile": keys / "identity.pub",
            "PidFile": "none",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "StrictModes": "no",
            "SetEnv": f"DOCKER_HOST={self.docker_host} "
            "PATH=/srv/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        }
        config = "".join(f"{key} {value}\n" for key, value in settings.items())
        (self.folder / "sshd_config").write_text(config)
        self.log.touch()

    def inside(self, *command: str) -> list[str]:
        """The command line that runs a command on the machine."""
        pid = (self.engine.runtime / "pid").read_text().strip()
        return ["nsenter", "--mount", "--net", "--target", pid, "--", *command]

    def sshd(self) -> list[str]:
        config = str(self.folder / "sshd_config")
        return self.inside(_SSHD, "-i", "-f", config, "-E", str(self.log))

    def shell(self, script: str) -> str:
        """What a script prints there; its first argument is the machine's name."""
        command = self.inside("sh", "-c", script, "sh", self.folder.name)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()


@dataclass
class Rack:
    """Two machines, both with the same host key, as if Pulumi had handed it to each."""

    folder: Path
    machines: dict[str, Machine] = field(default_factory=dict)
    _served: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("host", "identity"):
            make_key(self.folder / name)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    @property
    def identity(self) -> str:
        return str(self.folder / "identity")

    @property
    def host_key(self) -> str:
        return public(self.folder / "host")

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        for name, userns_remap in (("old", True), ("new", False)):
            (self.folder / name).mkdir()
            engine = PrivateEngine(self.folder / name, userns_remap=userns_remap)
            self.machines[name] = Machine(self.folder / name, engine)
            self.machines[name].start(self.folder)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                machine = self.machines[(self.folder / "address").readlink().name]
                if not machine.terminated:
                    self._served.append(
                        subprocess.Popen(machine.sshd(), stdin=connection, stdout=connection)
                    )

    def stop(self) -> None:
        """Ends every connection, then the machines and all that is on them."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for sshd in self._served:
            for pid in children(sshd.pid) if sshd.poll() is None else ():
                subprocess.run(["kill", "-KILL", str(pid)], check=False, capture_output=True)
            sshd.kill()
            sshd.wait()
        for machine in self.machines.values():
            machine.engine.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def host_config(self) -> dict[str, Any]:
        """`lab.host`: the address, whichever machine it leads to."""
        return {
            "kind": "ssh",
            "address": "127.0.0.1",
            "port": self.port,
            "user": "root",
            "host_key": self.host_key,
            "identity_file": self.identity,
            "ready_within": "40s",
        }
