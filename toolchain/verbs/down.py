"""`down` and `clean`: take a lab away, then all that this clone made.

The stack itself stays in the backend: it holds the history, costs nothing, and keeps a second `up`
short. `clean` takes it with the rest of .docklab.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from toolchain.paths import Paths
from toolchain.setup.console import say
from toolchain.verbs import backend as backends
from toolchain.verbs import deployment as state
from toolchain.verbs import lab_folder, locks, messages, trouble, verified
from toolchain.verbs.backend import FileBackend
from toolchain.verbs.errors import VerbError
from toolchain.verbs.prepare import prepare
from toolchain.verbs.session import PROJECT, Session, open_session
from toolchain.verbs.up import explain


def down(session: Session, extra: Sequence[str]) -> int:
    """Destroys the stack's resources, removes its bind-mount folder, stops the private engine if
    nobody needs it."""
    prepare(session, create=False)
    found = session.deployment() or {}
    check = verified.check(found)
    engines = state.engines(found)
    if state.holds_resources(found):
        if (kept := state.protected_volumes(found)) and not extra:
            # Pulumi would find out only after the containers are gone.
            raise VerbError(f"{_volumes(kept)} is protected. {trouble.protected(session.stack)}")
        volumes = state.volume_names(found)
        if volumes:
            say("down", f"the data in {_volumes(volumes)} goes with the lab")
        # --refresh first: what somebody removed by hand must not stop the rest from going.
        switches = ("--yes", "--skip-preview", "--refresh", "--suppress-outputs")
        outcome = session.pulumi("destroy", *switches, "--stack", session.stack, *extra)
        if outcome.code != 0:
            return explain(session, "down", outcome, messages.down_failed(session.stack))
    else:
        say("down", f"stack {session.stack} holds nothing")
    if state.holds_resources(session.deployment() or {}):
        return 0  # the user kept some, with --target or --exclude
    image = check.image if check else None
    engine_at = engines[0] if engines else state.EngineAddress(session.docker_host)
    _remove_there(engine_at, image, found)
    if lab_folder.remove(session.paths.lab / session.stack, engine_at, image):
        say("down", f"removed {session.paths.lab / session.stack}")
    stop_engine(session)
    return 0


def _remove_there(engine_at: state.EngineAddress, image: str | None, found: Any) -> None:
    """The bind mounts' folders on a machine that outlives the lab."""
    lab_dir, made = state.text_output(found, "lab_dir"), state.made_directories(found)
    if not (engine_at.is_far and image and lab_dir and made) or state.ends_with_its_machine(found):
        return
    for folder in lab_folder.remove_there(engine_at, image, lab_dir, made):
        say("down", f"removed {folder} on {engine_at.machine}")


def _volumes(names: Sequence[str]) -> str:
    return ("volume " if len(names) == 1 else "volumes ") + ", ".join(names)


def stop_engine(session: Session) -> None:
    """Stops the private engine unless a stack of this clone still holds resources."""
    if not session.paths.engine.exists() or occupied(session):
        return
    from toolchain.setup.engine import PrivateEngine

    private = PrivateEngine(session.paths.home)
    if private.running():
        private.stop()
        say("engine", "stopped the private Docker engine; `make up` starts it again")


def occupied(session: Session) -> tuple[str, ...]:
    """Stacks that hold resources, in the backend in use or in the clone's own."""
    folders = {FileBackend(str(session.paths.state)), *filter(None, [session.backend])}
    return tuple(sorted({name for folder in folders for name in holding(folder)}))


def holding(folder: FileBackend) -> Iterable[str]:
    """Names of the stacks in a backend folder that hold resources or are being worked on; one that
    cannot be read counts as such."""
    for name in folder.stacks(PROJECT):
        try:
            found = backends.read_checkpoint(folder.checkpoint_path(PROJECT, name))
        except backends.CorruptCheckpoint:
            yield name
            continue
        if locks.in_use(folder.lock_folder(PROJECT, name)) or (
            found and state.holds_resources(found)
        ):
            yield name


def clean(paths: Paths) -> int:
    """Removes all that this clone made; refuses while a lab is up, for its data would be lost
    without a word."""
    if not paths.home.exists():
        say("clean", f"{paths.home} is not there: nothing to remove")
        return 0
    session = open_session(paths, "")
    still = occupied(session)
    if still:
        ways = ", ".join(f"`{messages.make('down', name)}`" for name in still)
        raise VerbError(
            f"these stacks still hold resources: {', '.join(still)}. Take them down first: {ways}."
        )
    from toolchain.setup.clean import remove_everything

    remove_everything(paths)
    return 0
