"""Import and build time of our program under an engine that answers at once: no CLI, no plugin.

A process of its own (`python -m bench.program_cost FILE`, FILE with the value of docklab:lab)
that prints JSON; imports count only in a fresh interpreter.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

_BEGIN = time.perf_counter()

import pulumi  # noqa: E402
import pulumi_docker  # noqa: E402, F401
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks  # noqa: E402
from pulumi.runtime.settings import SETTINGS, set_root_resource  # noqa: E402

_SDK = time.perf_counter()


class _Provider(Mocks):
    """Answers as the Docker provider would, as far as the program looks."""

    count = 0

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.count += 1
        state = {"name": args.name, **args.inputs}
        if args.typ.endswith(":RemoteImage"):
            state["imageId"] = "sha256:" + "1" * 64
        if args.inputs.get("attach"):
            state |= {"exitCode": 0, "containerLogs": _report(args.inputs)}
        if spec := args.inputs.get("environment", {}).get("LIFECYCLE_SPEC"):
            state["stdout"] = _answer(spec)
        return f"{args.name}-id", state

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {"name": args.args.get("stackName"), "outputs": {}}, []


def _report(inputs: dict[str, Any]) -> str:
    asked = json.loads(inputs["envs"][0].removeprefix("NSV_SPEC="))
    passed = {"id": "mnt.host", "status": "pass", "required": True}
    report = {"run_id": asked["run_id"], "verdict": "isolated", "checks": [passed]}
    return json.dumps({"schema": "nsv/1", **report})


def _answer(spec: str) -> str:
    rows = [{"id": check, "status": "pass"} for check in ("vol.outlives", "vol.layer")]
    return json.dumps({"run_id": json.loads(spec)["run_id"], "checks": rows})


def main(file: str) -> None:
    """Prints seconds by part, the number of resources, and whether pulumi_aws was imported."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    provider = _Provider()
    pulumi.runtime.set_mocks(provider, "docklab", "bench", preview=False)
    pulumi.runtime.set_all_config({"docklab:lab": Path(file).read_text(encoding="utf-8")})
    # The stack that set_mocks made is not the run's own.
    set_root_resource(None)  # type: ignore[arg-type]
    SETTINGS.rpc_manager.clear()
    provider.count = 0

    begin = time.perf_counter()
    from infra.config import load
    from infra.program import build, export
    from infra.surroundings import surroundings
    from verifier.archive import build as verifier_archive

    imported = time.perf_counter()
    lab = load()
    modelled = time.perf_counter()
    around = surroundings(verifier_archive())
    packed = time.perf_counter()
    loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: export(build(lab, around))))
    built = time.perf_counter()
    found = {
        "import the SDKs": _SDK - _BEGIN,
        "import docklab": imported - begin,
        "read the model": modelled - imported,
        "pack the verifier": packed - modelled,
        "build": built - packed,
    }
    aws = "pulumi_aws" in sys.modules
    print(json.dumps({"seconds": found, "resources": provider.count, "aws": aws}))


if __name__ == "__main__":
    main(sys.argv[1])
