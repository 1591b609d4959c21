"""Asks a registry for what a tag is (OCI distribution, "API v2"), as anybody, without an engine."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

import requests

from toolchain.verbs.pin.reference import Reference, is_loopback

_SECONDS = 30
_MOST_BYTES = 8 << 20  # a manifest is at most 4 MiB
# An index first: the engine that pulls it takes its own architecture out of it.
_ACCEPTED = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class RegistryError(Exception):
    """Why a digest cannot be had, as the end of a sentence, with the way out."""


def digest(reference: Reference) -> str:
    """`sha256:…` of what the tag names now, counted from the very bytes. Raises RegistryError."""
    url = f"{reference.base}/v2/{reference.repository}/manifests/{reference.tag}"
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(reference.server)
            status, headers, body = _get(session, url, "")
            if status == 401:
                token = _token(session, headers.get("WWW-Authenticate", ""), reference)
                status, headers, body = _get(session, url, token)
    except requests.RequestException as error:
        raise RegistryError(
            f"the registry {reference.server} does not answer ({_innermost(error)}); reach it and"
            " run the same again"
        ) from None
    if status != 200:
        raise RegistryError(_refusal(status, reference))
    counted = f"sha256:{hashlib.sha256(body).hexdigest()}"
    told = headers.get("Docker-Content-Digest", counted)
    if not _DIGEST.fullmatch(told) or told != counted:
        raise RegistryError(
            f"the registry {reference.server} says {told[:80]!r} of bytes that are {counted}:"
            " trust neither, and look at what stands between"
        )
    return counted


def _get(
    session: requests.Session, url: str, token: str
) -> tuple[int, requests.structures.CaseInsensitiveDict[str], bytes]:
    headers = {"Accept": ", ".join(_ACCEPTED)}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with session.get(url, headers=headers, timeout=_SECONDS, stream=True) as answer:
        body = b""
        for chunk in answer.iter_content(1 << 16):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise RegistryError(f"{url} gives more than a manifest can be")
        return answer.status_code, answer.headers, body


def challenge(header: str) -> dict[str, str]:
    """The parameters of `WWW-Authenticate: Bearer realm="…",service="…"`; {} for other schemes."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "bearer":
        return {}
    return {key.lower(): value for key, value in re.findall(r'(\w+)="([^"]*)"', rest)}


def _token(session: requests.Session, header: str, reference: Reference) -> str:
    asked = challenge(header)
    realm = asked.get("realm", "")
    where = urlsplit(realm)
    near = is_loopback(where.netloc) and is_loopback(reference.server)
    safe = where.scheme == "https" or (where.scheme == "http" and near)
    if not safe:
        raise RegistryError(_refusal(401, reference))
    scope = asked.get("scope") or f"repository:{reference.repository}:pull"
    query = {"scope": scope, **({"service": asked["service"]} if "service" in asked else {})}
    answer = session.get(realm, params=query, timeout=_SECONDS)
    try:
        given = answer.json() if answer.status_code == 200 else {}
        token = given.get("token") or given.get("access_token")
    except (ValueError, AttributeError):
        token = None
    if not isinstance(token, str):
        raise RegistryError(_refusal(401, reference))
    return token


def _refusal(status: int, reference: Reference) -> str:
    image = f"{reference.repository}:{reference.tag}"
    if status == 404:
        return f"the registry {reference.server} has no {image}; correct the name or its tag"
    if status in (401, 403):
        return (
            f"the registry {reference.server} gives {image} to nobody without a login, and this"
            " logs in nowhere; after `docker pull`, `docker image inspect -f"
            " '{{.RepoDigests}}'` shows the digest to write beside the name"
        )
    if status == 429:
        return f"the registry {reference.server} was asked too often; run the same again later"
    return f"the registry {reference.server} answers {status} to a question about {image}"


def _innermost(error: BaseException) -> str:
    """The reason below the layers that only repeat it."""
    inner: object = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    if isinstance(inner, BaseException):
        return _innermost(inner)
    text = str(error).rpartition(">: ")[2]
    return re.sub(r"^<?HTTPS?Connection(\(.*?\)| object at 0x[0-9a-f]+)[>]?[:,] ?", "", text)
