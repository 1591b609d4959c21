"""What a stack's last checkpoint says of its verification: both parts of it, and the report."""

import json
from typing import NamedTuple

from toolchain.verbs.deployment import CONTAINER, Deployment, resources, text_output

_CHECK = "docklab:verification:NamespaceCheck$" + CONTAINER
_VOLUME_CHECK = "docklab:verification:VolumeCheck$command:local:Command"
_ONE_RUN = ("run_id", "spec_sha256", "timing_ms")  # equal in two reports of one run only


class Check(NamedTuple):
    """The verification container of the last run. exit_code: None when it never ended."""

    urn: str
    exit_code: int | None
    logs: str
    image: str
    id: str = ""


class VolumeCheck(NamedTuple):
    """What the volume check of the last run printed."""

    urn: str
    answer: str


def check(deployment: Deployment) -> Check | None:
    """The verification container, or None where none is recorded."""
    for resource in resources(deployment):
        urn = str(resource.get("urn", ""))
        if _CHECK in urn and not resource.get("delete"):
            found = resource.get("outputs") or {}
            code, logs = found.get("exitCode"), found.get("containerLogs")
            return Check(
                urn,
                int(code) if isinstance(code, int | float) else None,
                logs if isinstance(logs, str) else "",
                str(found.get("image") or ""),
                str(resource.get("id") or ""),
            )
    return None


def volume_check(deployment: Deployment) -> VolumeCheck | None:
    """The proof about volumes, or None where none is recorded."""
    for resource in resources(deployment):
        urn = str(resource.get("urn", ""))
        if _VOLUME_CHECK in urn and not resource.get("delete"):
            answer = (resource.get("outputs") or {}).get("stdout")
            return VolumeCheck(urn, answer if isinstance(answer, str) else "")
    return None


def volumes_proven(deployment: Deployment) -> bool:
    """Whether the proof about volumes on record, if there is one, passed: it may be of a run that
    was cut short, and whose verdict nobody gave."""
    part = volume_check(deployment)
    if part is None:
        return True
    try:
        rows = json.loads(part.answer)["checks"]
        return bool(rows) and all(row["status"] == "pass" for row in rows)
    except (ValueError, KeyError, TypeError):
        return False


def verification(deployment: Deployment) -> tuple[Check | None, VolumeCheck | None]:
    """Both parts of what a run verifies."""
    return check(deployment), volume_check(deployment)


def verification_urns(deployment: Deployment) -> tuple[str, ...]:
    return tuple(part.urn for part in verification(deployment) if part)


def failed_check(deployment: Deployment) -> bool:
    """Whether a verification is on record and did not end well, in its own word or the program's,
    which knows both parts of it.
    """
    found = check(deployment)
    if found is None:
        return False
    verdict = text_output(deployment, "verdict")
    return found.exit_code not in (0, None) or not (verdict or "isolated:").startswith("isolated:")


def whole_report(deployment: Deployment) -> str | None:
    """The program's report, of all parts of the verification; None where the verification
    container has run again since.
    """
    found, whole = check(deployment), text_output(deployment, "report")
    own = report_of(found.logs) if found else None
    if not own or not whole:
        return None
    try:
        runs = [[json.loads(text).get(key) for key in _ONE_RUN] for text in (own, whole)]
    except ValueError:
        return None
    return whole if runs[0] == runs[1] else None


def verified_pids(found: Check | None) -> dict[str, int]:
    """The first process of each container that the last verification saw, by container id."""
    try:
        report = json.loads(report_of(found.logs) or "{}") if found else {}
    except ValueError:
        return {}
    return {str(seen["id"]): int(seen["pid"]) for seen in report.get("targets", [])}


def report_of(logs: str) -> str | None:
    """The verifier's report in a container's log: the last line that is a JSON object."""
    lines = [line.strip() for line in logs.splitlines()]
    return next(
        (line for line in reversed(lines) if line.startswith("{") and line.endswith("}")), None
    )
