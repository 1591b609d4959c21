"""A recording engine: programs run on it whole, and tests assert on what was registered."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pulumi
import pytest
from aws_values import filled
from lab_program import program, program_of
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks

from review.engine import run_on

READ_STATE = "pulumi:pulumi:readStackResourceOutputs"
CONTAINER = "docker:index/container:Container"
COMMAND = "command:local:Command"
ADDRESS = "203.0.113.9"


@lru_cache
def printed(script: str) -> str:
    """What a command of the program prints when it is really run."""
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout


class Provider(Mocks):
    """Answers a registration as its provider would, as far as the program looks.

    `replaced`: names of resources that this preview would replace, and whose ids it does not know.
    """

    def __init__(self, preview: bool, new_stack: bool) -> None:
        self.preview = preview
        self.new_stack = new_stack
        self.checkpoint: dict[str, Any] = {}
        passed = {"id": "mnt.host", "status": "pass", "required": True}
        self.report: dict[str, Any] = {"verdict": "isolated", "checks": [passed]}
        self.exit_code = 0
        self.volumes = {"vol.outlives": "pass", "vol.layer": "pass"}
        self.replaced: set[str] = set()
        self.host_key = ""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        known = not (self.preview and (self.new_stack or args.name in self.replaced))
        state = {"name": f"{args.name}-0a1b2c3", **args.inputs}
        if args.typ.endswith(":RemoteImage") and known:
            state["imageId"] = "sha256:" + "1" * 64
        if args.inputs.get("attach") and known:
            state |= {"exitCode": self.exit_code, "containerLogs": self._said(args.inputs)}
        if "LIFECYCLE_SPEC" in args.inputs.get("environment", {}):
            state["stdout"] = self._tried(args.inputs["environment"]["LIFECYCLE_SPEC"])
        if known:
            state |= self._from_outside(args)
        return (f"{args.name}-id" if known else ""), state

    def _from_outside(self, args: MockResourceArgs) -> dict[str, Any]:
        """What this machine's commands and AWS find out."""
        if args.typ == COMMAND and args.name.endswith("-hostkey"):
            self.host_key = printed(args.inputs["create"]).rstrip("\n")
            return {"stdout": self.host_key}
        if args.typ == COMMAND and args.name.endswith("-ready"):
            return {"stdout": "25.0.8"}
        return {
            "aws:ec2/eip:Eip": {"publicIp": ADDRESS, "allocationId": "eipalloc-1"},
            "aws:ec2/keyPair:KeyPair": {"keyName": f"{args.name}-0a1b2c3"},
            "aws:lightsail/staticIp:StaticIp": {"ipAddress": ADDRESS},
        }.get(args.typ, {})

    def _said(self, inputs: dict[str, Any]) -> str:
        asked = json.loads(inputs["envs"][0].removeprefix("NSV_SPEC="))
        return json.dumps({"schema": "nsv/1", "run_id": asked["run_id"], **self.report})

    def _tried(self, spec: Any) -> str:
        asked = json.loads(spec) if isinstance(spec, str) else {}
        rows = [
            {"id": check, "status": status, "evidence": {"driver": "overlay2"}, "remedy": "mend it"}
            for check, status in self.volumes.items()
        ]
        return json.dumps({"run_id": asked.get("run_id"), "checks": rows})

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        if args.token != READ_STATE:
            raise AssertionError(f"unexpected lookup {args.token}: this engine has no provider")
        if self.new_stack:
            raise AssertionError(
                "asked for a checkpoint that does not exist: the engine would crash"
            )
        return {"name": args.args["stackName"], "outputs": self.checkpoint}


class Engine(MockMonitor):
    """Remembers each registration as the engine sees it: type, parent, options, inputs."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider)
        self.requests: list[Any] = []
        self.lookups: list[Any] = []
        self.finished: set[str] = set()
        self.outputs: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            self.requests.append(request)
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.finished.add(request.urn)
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.outputs = pulumi.runtime.rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)

    def Invoke(self, request: Any) -> Any:
        self.lookups.append(request)
        return super().Invoke(request)

    def of(self, typ: str) -> dict[str, dict[str, Any]]:
        """Inputs of every resource of a type, by logical name."""
        return {
            request.name: pulumi.runtime.rpc.deserialize_properties(request.object)
            for request in self.requests
            if request.type == typ
        }

    def request(self, typ: str, name: str) -> Any:
        [found] = [r for r in self.requests if (r.type, r.name) == (typ, name)]
        return found


@pytest.fixture(scope="session")
def engine_for() -> Callable[..., Engine]:
    """Make a fresh engine: previewing or not, of a stack that has a checkpoint or not."""

    def make(preview: bool = False, new_stack: bool = False) -> Engine:
        return Engine(Provider(preview, new_stack and preview))

    return make


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One for all runs: the threads that answer registrations are costly to start."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture(scope="session")
def built(
    engine_for: Callable[..., Engine], loop: asyncio.AbstractEventLoop
) -> Callable[..., Engine]:
    """Run a program on an engine and drain it, so that absence is assertable too."""

    def run(
        program: Callable[[], object],
        engine: Engine | None = None,
        config: dict[str, str] | None = None,
    ) -> Engine:
        engine = engine or engine_for()
        run_on(
            engine,
            lambda: (program(), None)[1],
            loop,
            project="docklab",
            stack="test",
            preview=engine.mocks.preview,
            config=config or {},
            secrets=list(config or {}),
        )
        return engine

    return run


@pytest.fixture(scope="session")
def unchanged(built: Callable[..., Engine]) -> Engine:
    """What the good lab registers, for tests that only look."""
    return built(program())


@pytest.fixture(scope="session")
def stack_on(built: Callable[..., Engine]) -> Callable[..., Engine]:
    """Run a stack for AWS, filled in, with changes at dotted paths, on a given or fresh engine."""

    def run(stack: str, *changes: tuple[str, Any], engine: Engine | None = None) -> Engine:
        return built(program_of(filled(stack, *changes)), engine)

    return run
