"""A real registry on loopback (Debian's docker-registry), and what is put into it."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

PROGRAM = "docker-registry"
_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_SECONDS = 10.0


class Registry:
    """`auth`: the part of the program's configuration of that name."""

    def __init__(self, folder: Path, auth: Mapping[str, Any] | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self.name = f"127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "storage").mkdir(exist_ok=True)
        settings = {
            "version": "0.1",
            "log": {"accesslog": {"disabled": True}, "level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
            "http": {"addr": self.name},
            **({"auth": auth} if auth else {}),
        }
        self.config = folder / f"config-{self.port}.yml"
        self.config.write_text(json.dumps(settings))

    def start(self) -> None:
        program = shutil.which(PROGRAM)
        assert program
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "serve", str(self.config)], stdout=log, stderr=log
            )
        end = time.monotonic() + _SECONDS
        while not listens(self.port):
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(_SECONDS)
            self.process = None

    def image(self, repository: str, tag: str, content: str) -> str:
        """Puts an index of two architectures there; gives its digest."""
        listed = []
        for architecture in ("amd64", "arm64"):
            config = json.dumps({"architecture": architecture, "os": "linux", "note": content})
            manifest = {
                "schemaVersion": 2,
                "mediaType": _MANIFEST,
                "config": self._blob(repository, config.encode()),
                "layers": [],
            }
            made = self._manifest(repository, manifest, None)
            platform = {"architecture": architecture, "os": "linux"}
            listed.append({**made, "platform": platform})
        index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": listed}
        return str(self._manifest(repository, index, tag)["digest"])

    def _blob(self, repository: str, data: bytes) -> dict[str, Any]:
        digest = _digest(data)
        begun = requests.post(f"http://{self.name}/v2/{repository}/blobs/uploads/", timeout=10)
        begun.raise_for_status()
        where = begun.headers["Location"]
        done = requests.put(where, params={"digest": digest}, data=data, timeout=10)
        done.raise_for_status()
        return {"mediaType": _CONFIG, "digest": digest, "size": len(data)}

    def _manifest(self, repository: str, document: Any, tag: str | None) -> dict[str, Any]:
        data = json.dumps(document).encode()
        kind, digest = document["mediaType"], _digest(data)
        url = f"http://{self.name}/v2/{repository}/manifests/{tag or digest}"
        done = requests.put(url, data=data, headers={"Content-Type": kind}, timeout=10)
        done.raise_for_status()
        return {"mediaType": kind, "digest": digest, "size": len(data)}


class Issuer:
    """Signs the tokens that a registry with `auth: token` asks for."""

    def __init__(self, folder: Path) -> None:
        self.key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        names = ["-subj", "/CN=issuer", "-keyout", str(self.key), "-out", str(self.certificate)]
        subprocess.run([*command, *names], check=True, capture_output=True)

    def auth(self, realm: str) -> dict[str, Any]:
        bundle = str(self.certificate)
        values = {"realm": realm, "service": "registry", "issuer": "issuer"}
        return {"token": {**values, "rootcertbundle": bundle}}

    def token(self, scope: str) -> str:
        """For `repository:name:actions`."""
        lines = self.certificate.read_text().splitlines()
        header = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(lines[1:-1])]}
        kind, name, actions = scope.split(":")
        access = [{"type": kind, "name": name, "actions": actions.split(",")}]
        now = int(time.time())
        claims = {"iss": "issuer", "aud": "registry", "sub": "", "jti": "1", "access": access}
        times = {"nbf": now - 60, "iat": now - 60, "exp": now + 300}
        said = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims | times))
        signing = ["openssl", "dgst", "-sha256", "-sign", str(self.key)]
        signed = subprocess.run(signing, input=said.encode(), check=True, capture_output=True)
        return f"{said}.{_base64(signed.stdout)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
