"""What a change of one stack amounts to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from policy.judge import Finding
from review.changes import Change
from review.changes.change import Kind
from review.exposure.row import Exposed
from review.snapshot import Suppressed

Status = Literal["added", "removed", "changed", "same", "refused"]


@dataclass(frozen=True, kw_only=True)
class Unjudged:
    """A resource of a type that the review does not know, or `inputs` that it has no eye on."""

    name: str
    type: str
    kind: Kind
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`added` and `removed` are rows of the inventory; `complaint` is why a stack is refused.

    The rest of a refused stack is compared without what is refused.

    Not `was_up`: the base's file waits for its user to fill something in, so that nothing is there
    to lose. Not `is_whole`: nothing but `complaint` is known. Without `has_base` the base has the
    stack's file and no text of it to compare with.

    `new` and `fixed` are policy findings, `let_pass` those that the stack file suppresses at head;
    `suppressed_now` are the suppressions that the base did not have.
    """

    stack: str
    status: Status
    complaint: str = ""
    changes: tuple[Change, ...] = ()
    added: tuple[Exposed, ...] = ()
    removed: tuple[Exposed, ...] = ()
    new: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    let_pass: tuple[tuple[Finding, str], ...] = ()
    suppressed_now: tuple[Suppressed, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    has_base: bool = True
    was_up: bool = True
    is_whole: bool = True


def refused(stack: str, complaint: str) -> Difference:
    return Difference(stack=stack, status="refused", complaint=complaint, is_whole=False)
