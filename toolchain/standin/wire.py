"""Pieces of Pulumi's provider messages: differences, failures, provider configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from toolchain.standin.diffing import Change, Difference
from toolchain.standin.errors import PartialFailure
from toolchain.standin.values import Values, from_struct, to_struct

Context = grpc.ServicerContext
_KINDS = {
    (Change.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Change.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Change.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Change.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def diff_response(found: Iterable[Difference]) -> provider_pb2.DiffResponse:
    """A DiffResponse that says exactly these differences."""
    response = provider_pb2.DiffResponse(hasDetailedDiff=True)
    listed = list(found)
    for one in listed:
        response.detailedDiff[one.path].kind = _KINDS[one.change, one.replaces]
    keys = {one.key for one in listed}
    response.diffs.extend(sorted(keys))
    response.replaces.extend(sorted({one.key for one in listed if one.replaces}))
    response.changes = (
        provider_pb2.DiffResponse.DIFF_SOME if keys else provider_pb2.DiffResponse.DIFF_NONE
    )
    return response


def config_values(struct: struct_pb2.Struct) -> Values:
    """A provider's own inputs; what is no string arrives there as JSON text."""
    return {key: _decoded(value) for key, value in from_struct(struct).items()}


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in ("[", "{") or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def fail(context: Context, text: str) -> NoReturn:
    """End the call with an error."""
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError("abort() returned")


def fail_partly(context: Context, doing: str, failure: PartialFailure) -> NoReturn:
    """End the call with an error that makes the engine keep the resource, as not initialized."""
    reason = f"{doing}: {failure.reason}"
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failure.identity, properties=to_struct(failure.outputs), reasons=[reason]
        )
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    fail(context, reason)


def refuse(context: Context, provider: str, token: str) -> NoReturn:
    """End the call for something that only the official plugin has."""
    fail(
        context,
        f"the stand-in {provider} provider does not support {token}: "
        "use the official plugin (pulumi plugin install)",
    )
