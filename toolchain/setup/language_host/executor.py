"""Runs one Pulumi program in a process of its own; started by the language host as a script.

It imports nothing of this project: the program's own environment may hold only `pulumi`.
Exit codes: 0 well, 32 failed and the user has been told why, else failed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

TOLD_THE_USER = 32
INTERRUPTED = 130


def _stop_quietly(*_: object) -> None:
    # The engine has ended; a KeyboardInterrupt traceback would only hide its message.
    os._exit(INTERRUPTED)


def user_traceback(error: BaseException, program: str) -> str:
    """The traceback of `error` without the frames above the user's own program."""
    entry = Path(program).resolve()
    entry = entry / "__main__.py" if entry.is_dir() else entry
    frame: TracebackType | None = error.__traceback__
    while frame is not None:
        if Path(frame.tb_frame.f_code.co_filename).resolve() == entry:
            return "".join(traceback.format_exception(type(error), error, frame))
        frame = frame.tb_next
    return "".join(traceback.format_exception(error))


def _settings(request: dict[str, object]) -> None:
    import pulumi.runtime

    keys = ("project", "stack", "monitor", "engine", "parallel", "dry_run", "organization")
    settings = pulumi.runtime.Settings(
        **{key: request[key] for key in keys},  # type: ignore[arg-type]
        root_directory=str(request["root_directory"]),
    )
    pulumi.runtime.configure(settings)
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )


def run(request: dict[str, object]) -> int:
    """Runs the program that `request` names (the language host's JSON) and gives the exit code."""
    import pulumi
    from pulumi.runtime import run_in_stack

    _settings(request)
    program = str(request["program"])
    sys.argv = [program, *map(str, request["args"])]  # type: ignore[call-overload]
    os.chdir(str(request["pwd"]))
    if not os.path.isfile(program) and not os.path.isfile(os.path.join(program, "__main__.py")):
        pulumi.log.error(f"unable to find main python program `__main__.py` in `{request['pwd']}`")
        return TOLD_THE_USER
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    workers = ThreadPoolExecutor(max_workers=max(int(str(request["parallel"])), 1) * 4)
    loop.set_default_executor(workers)
    try:
        loop.run_until_complete(
            run_in_stack(lambda: runpy.run_path(program, run_name="__main__"))  # type: ignore[arg-type,return-value]
        )
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return TOLD_THE_USER
    except Exception as error:
        pulumi.log.error(
            f"Program failed with an unhandled exception:\n{user_traceback(error, program)}"
        )
        return TOLD_THE_USER
    finally:
        workers.shutdown(wait=True)
        loop.close()
    return 0


def main() -> int:
    signal.signal(signal.SIGINT, _stop_quietly)
    # A script's own folder comes first on sys.path; the program must not see this one.
    del sys.path[0]
    request = json.loads(os.environ.pop("PULUMI_PYTHON_RUN_REQUEST"))
    try:
        import pulumi  # noqa: F401
    except ImportError as error:
        print(
            f"The Pulumi SDK is not installed for {sys.executable} ({error}). Run `make setup`, or "
            "`pip install -r requirements.txt` in that environment.",
            file=sys.stderr,
        )
        return 1
    return run(request)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
