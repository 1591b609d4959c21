"""Pulumi's ResourceProvider service, for any stand-in: messages in, decisions asked, messages out.

It holds no rule of any resource. Calls of resource types, functions and methods that the stand-in
does not have are refused by name.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from toolchain.standin import values
from toolchain.standin.checking import Naming, check
from toolchain.standin.diffing import Difference, change_of, differences
from toolchain.standin.enginelog import EngineLog
from toolchain.standin.errors import PartialFailure, ResourceError
from toolchain.standin.naming import Proposal
from toolchain.standin.outputs import marked, refreshed_inputs, updated_preview
from toolchain.standin.planning import plan_create, plan_update
from toolchain.standin.resource import DEFAULT_TIMEOUT, Operation, Provider, Resource
from toolchain.standin.wire import config_values, diff_response, fail, fail_partly, refuse

MODES = {0: "propose", 1: "enforce", 2: "disable"}
Context = grpc.ServicerContext


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """The service of one provider process."""

    def __init__(self, provider: Provider, log: EngineLog) -> None:
        self._provider = provider
        self._log = log
        self._cancelled = threading.Event()

    def Handshake(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        self._log.connect(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=self._provider.accepts_secrets,
            supports_autonaming_configuration=True,
        )

    def Attach(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        self._log.connect(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def GetSchema(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        schema = {"name": self._provider.name, "version": self._provider.version}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        failures = self._provider.refusals(config_values(request.news))
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[
                provider_pb2.CheckFailure(property=key, reason=reason)
                for key, reason in failures.items()
            ],
        )

    def DiffConfig(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        old = values.from_struct(request.old_inputs) or values.from_struct(request.olds)
        new = values.from_struct(request.news)
        return diff_response(
            Difference(key, change_of(old.get(key), new.get(key)), replaces=False)
            for key in sorted({*old, *new})
            if old.get(key) != new.get(key)
        )

    def Configure(self, request: Any, context: Context) -> Any:
        try:
            self._provider.configure(config_values(request.args))
        except ResourceError as error:
            fail(context, str(error))
        self._log.announce(
            self._provider.name,
            f"{self._provider.name}: served by docklab's stand-in provider, "
            f"not the official plugin {self._provider.version}",
        )
        return provider_pb2.ConfigureResponse(
            acceptSecrets=self._provider.accepts_secrets,
            supportsPreview=True,
            supports_autonaming_configuration=True,
        )

    def Check(self, request: Any, context: Context) -> Any:
        resource = self._resource(request.urn, context)
        proposal = None
        if request.HasField("autonaming"):
            mode = MODES.get(request.autonaming.mode, "propose")
            proposal = Proposal(mode=mode, name=request.autonaming.proposed_name)
        naming = Naming(
            logical=request.urn.rsplit("::", 1)[-1], seed=request.randomSeed, proposal=proposal
        )
        news = values.from_struct(request.news)
        olds = values.revealed(values.from_struct(request.olds))
        checked = check(resource.table, values.revealed(news), olds, naming)
        return provider_pb2.CheckResponse(
            inputs=values.to_struct(marked(checked.inputs, news)),
            failures=[
                provider_pb2.CheckFailure(property=failure.path, reason=failure.reason)
                for failure in checked.failures
            ],
        )

    def Diff(self, request: Any, context: Context) -> Any:
        table = self._resource(request.urn, context).table
        state = values.revealed(values.without_reserved(values.from_struct(request.olds)))
        news = values.revealed(values.from_struct(request.news))
        found = differences(table, state, plan_update(table, news, state))
        response = diff_response(found)
        response.stables.extend(
            key
            for key, held in sorted(table.properties.items())
            if held.replaces and key not in response.replaces
        )
        response.deleteBeforeReplace = bool(response.replaces) and (
            table.delete_before_replace or _explicitly_named(table.properties, news)
        )
        return response

    def Create(self, request: Any, context: Context) -> Any:
        resource = self._resource(request.urn, context)
        inputs = values.from_struct(request.properties)
        planned = plan_create(resource.table, values.revealed(inputs))
        if request.preview:
            outputs = marked(planned, inputs, spread=True)
            return provider_pb2.CreateResponse(properties=values.to_struct(outputs))
        try:
            live = resource.create(values.without_unknowns(planned), self._call(request))
        except PartialFailure as failure:
            failure.outputs = marked(failure.outputs, inputs, spread=True)
            fail_partly(context, f"creating {request.urn}", failure)
        except ResourceError as error:
            fail(context, str(error))
        outputs = marked(live.outputs, inputs, spread=True)
        return provider_pb2.CreateResponse(id=live.identity, properties=values.to_struct(outputs))

    def Read(self, request: Any, context: Context) -> Any:
        resource = self._resource(request.urn, context)
        state = values.revealed(values.without_reserved(values.from_struct(request.properties)))
        try:
            live = resource.read(request.id, state, self._call(request))
        except ResourceError as error:
            fail(context, f"refreshing {request.urn}: {error}")
        if live is None:
            return provider_pb2.ReadResponse()
        old = values.from_struct(request.inputs)
        inputs = refreshed_inputs(resource.table, old, live.outputs, importing=not state)
        return provider_pb2.ReadResponse(
            id=live.identity,
            properties=values.to_struct(marked(live.outputs, old, spread=True)),
            inputs=values.to_struct(inputs),
        )

    def Update(self, request: Any, context: Context) -> Any:
        resource = self._resource(request.urn, context)
        state = values.revealed(values.without_reserved(values.from_struct(request.olds)))
        inputs = values.from_struct(request.news)
        planned = plan_update(resource.table, values.revealed(inputs), state)
        if request.preview:
            outputs = updated_preview(resource.table, state, planned)
        else:
            known = values.without_unknowns(planned)
            try:
                outputs = resource.update(request.id, state, known, self._call(request))
            except PartialFailure as failure:
                failure.outputs = marked(failure.outputs, inputs, spread=True)
                fail_partly(context, f"updating {request.urn}", failure)
            except ResourceError as error:
                fail(context, f"updating {request.urn}: {error}")
        return provider_pb2.UpdateResponse(
            properties=values.to_struct(marked(outputs, inputs, spread=True))
        )

    def Delete(self, request: Any, context: Context) -> Any:
        resource = self._resource(request.urn, context)
        state = values.revealed(values.without_reserved(values.from_struct(request.properties)))
        try:
            resource.delete(request.id, state, self._call(request))
        except ResourceError as error:
            fail(context, f"deleting {request.urn}: {error}")
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Context) -> Any:
        refuse(context, self._provider.name, request.tok)

    def Call(self, request: Any, context: Context) -> Any:
        refuse(context, self._provider.name, request.tok)

    def Construct(self, request: Any, context: Context) -> Any:
        refuse(context, self._provider.name, request.type)

    def Cancel(self, request: Any, context: Context) -> Any:  # noqa: ARG002
        self._cancelled.set()
        return empty_pb2.Empty()

    def _call(self, request: Any) -> Operation:
        seconds = getattr(request, "timeout", 0.0) or DEFAULT_TIMEOUT
        return Operation(
            urn=request.urn,
            seconds=seconds,
            cancelled=self._cancelled,
            log=lambda text: self._log.status(text, request.urn),
        )

    def _resource(self, urn: str, context: Context) -> Resource:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        found = self._provider.resources.get(token)
        if found is None:
            refuse(context, self._provider.name, token)
        return found


def _explicitly_named(properties: Any, news: values.Values) -> bool:
    """Whether the program gave the name, so that two cannot exist at once."""
    defaults = news.get("__defaults", [])
    return any(
        held.autonamed and key in news and key not in defaults for key, held in properties.items()
    )
