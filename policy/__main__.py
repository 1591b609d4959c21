"""The rules as a CrossGuard pack: `pulumi preview --policy-pack policy`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # in the place of this folder, whose names are not for everyone

import pulumi  # noqa: E402
from pulumi_policy import (  # noqa: E402
    EnforcementLevel,
    Policy,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
    proxy,
)

from policy.conversion import Around, resource_of  # noqa: E402
from policy.registry import RULES  # noqa: E402
from policy.resource import Resource  # noqa: E402
from policy.rule import Rule  # noqa: E402
from policy.stack_file import secret_keys, stack_of  # noqa: E402
from policy.told import Book  # noqa: E402

_PROJECT = "docklab"
_LEVEL = {
    "high": EnforcementLevel.MANDATORY,
    "medium": EnforcementLevel.ADVISORY,
    "low": EnforcementLevel.ADVISORY,
}
_UNKNOWN = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))


class _Run:
    """The stack's configuration, read once, and the book over this run."""

    def __init__(self) -> None:
        config = pulumi.Config(_PROJECT)
        lab = config.get_object("lab")
        home = Path(os.environ.get("DOCKLAB_HOME") or ROOT / ".docklab")
        self.book = Book(stack_of(lab, os.environ.get("PULUMI_STACK", "")))
        self._around = Around(
            home=str(home.absolute()),
            unknown=_UNKNOWN,
            secrets=[config.get(key) or "" for key in secret_keys(lab)],
        )

    def resource(self, args: ResourceValidationArgs) -> Resource:
        return resource_of(
            urn=args.urn,
            type=args.resource_type,
            name=args.name,
            properties=args.props,
            around=self._around,
            protect=args.opts.protect,
            secret_outputs=args.opts.additional_secret_outputs,
        )


def _of_resources(
    run: _Run,
    name: str,
    description: str,
    level: EnforcementLevel,
    find: Callable[[Resource], Iterator[str]],
    severity: Severity = Severity.LOW,
) -> Policy:
    def validate(args: ResourceValidationArgs, report: Callable[[str], None]) -> None:
        for text in find(run.resource(args)):
            report(text)

    return ResourceValidationPolicy(
        name=name,
        description=description,
        validate=validate,
        enforcement_level=level,
        severity=severity,
    )


def _of_rule(run: _Run, rule: Rule) -> Policy:
    return _of_resources(
        run,
        rule.id,
        f"{rule.title}.",
        _LEVEL[rule.severity],
        lambda resource: run.book.of_rule(resource, rule.id),
        Severity(rule.severity),
    )


def _policies(run: _Run) -> list[Policy]:
    advisory = EnforcementLevel.ADVISORY

    def in_vain(_: object, report: Callable[[str], None]) -> None:
        for text in run.book.in_vain():
            report(text)

    return [
        *(_of_rule(run, rule) for rule in RULES.values()),
        _of_resources(
            run, "cannot-tell", "What is known only in a run.", advisory, run.book.doubts
        ),
        _of_resources(
            run, "suppressed", "What the stack file lets pass.", advisory, run.book.let_pass
        ),
        StackValidationPolicy(
            name="unused-suppression",
            description="Every suppression lets something pass.",
            validate=in_vain,
            enforcement_level=advisory,
        ),
    ]


if __name__ == "__main__":
    PolicyPack(name=_PROJECT, policies=_policies(_Run()))
