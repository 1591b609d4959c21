"""The committed text of a stack: which files there are, and what is in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.model.lab import Lab
from policy.judge import is_production
from policy.judge import judge as judged_by_rules
from review.exposure import inventory
from review.findings import as_stack, to_markdown
from review.first_boot import first_boot_text
from review.recorder import Recorded, record
from review.snapshot import Snapshot, Suppressed, to_text
from review.stacks import path as stack_path
from review.stacks import read
from review.topology import topology

FOLDER = "review/stacks"
RESOURCES = "resources.yaml"
_HEAD = """\
<!-- Written by `make review` from {file}; do not edit. -->
# {title}: {stack}

"""


def snapshot(recorded: Recorded) -> Snapshot:
    return Snapshot(
        stack=recorded.stack,
        production=is_production(recorded.lab.policy.production, recorded.stack),
        allow_data_loss=tuple(sorted(recorded.lab.allow_data_loss)),
        suppress=_suppressions(recorded.lab),
        images={key: one.name for key, one in recorded.lab.images.items() if one.digest},
        secrets_provider=recorded.secrets_provider,
        environment=recorded.environment,
        resources=recorded.resources,
    )


def _suppressions(lab: Lab) -> tuple[Suppressed, ...]:
    found = (
        Suppressed(rule=one.rule, resource=one.resource, reason=one.reason)
        for one in lab.policy.suppress
    )
    return tuple(sorted(found, key=lambda one: (one.rule, one.resource)))


def files(recorded: Recorded) -> dict[str, str]:
    """The text of each file, by its name in the stack's folder."""
    shot = snapshot(recorded)

    def head(title: str) -> str:
        return _HEAD.format(file=stack_path(shot.stack), title=title, stack=shot.stack)

    judged = judged_by_rules(shot.resources, as_stack(shot))
    boot = first_boot_text(recorded.lab)
    return {
        **({"first_boot.yaml": boot} if boot else {}),
        RESOURCES: to_text(shot),
        "exposure.md": head("What is exposed, and what guards it")
        + inventory.to_markdown(inventory.inventory(shot)),
        "policy.md": head("Policy findings") + to_markdown(judged),
        "topology.md": head("Topology") + topology(recorded.lab),
    }


def rendered(names: Sequence[str], root: Path) -> dict[str, str]:
    """The text of every file of these stacks, by its path below the root.

    Raises:
        StackFileError, Refused: for a stack that cannot be read, or that the program refuses.
    """
    return {
        f"{FOLDER}/{name}/{file}": text
        for name in names
        for file, text in files(record(read(name, root))).items()
    }


def committed(root: Path) -> dict[str, str]:
    """What is in the folder, whoever put it there."""
    return {
        file.relative_to(root).as_posix(): file.read_text(encoding="utf-8", errors="replace")
        for file in sorted((root / FOLDER).rglob("*"))
        if file.is_file()
    }


def stale(wanted: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each file that is not as wanted."""
    wrong = {path: "is missing" for path in wanted if path not in found}
    wrong |= {path: "belongs to no stack" for path in found if path not in wanted}
    wrong |= {
        path: "is not what the program gives"
        for path in wanted
        if path in found and found[path] != wanted[path]
    }
    return dict(sorted(wrong.items()))
