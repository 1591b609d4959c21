"""What every verb does before Pulumi runs: the private engine is up, the last run is put right, the
stack exists."""

from __future__ import annotations

from toolchain.setup.console import say
from toolchain.verbs import deployment as state
from toolchain.verbs.errors import VerbError
from toolchain.verbs.repair import repair
from toolchain.verbs.session import PROJECT, Session


def prepare(session: Session, *, create: bool) -> None:
    """create: make the stack if there is none. Raises VerbError when the stack cannot be worked
    on."""
    start_engine(session)
    repair(session)
    if create and not exists(session):
        _create(session)


def exists(session: Session) -> bool:
    if session.backend:
        return session.backend.stack_exists(PROJECT, session.stack)
    return session.deployment() is not None


def _create(session: Session) -> None:
    code, _, complaint = session.ask_pulumi("stack", "init", session.stack, "--no-select")
    if code != 0:
        raise VerbError(f"stack {session.stack} cannot be created: {complaint.strip()}", code)
    say(
        "stack",
        f"created {session.stack} in {session.env.get('PULUMI_BACKEND_URL', 'the backend in use')}",
    )


def start_engine(session: Session) -> None:
    """Starts this clone's own engine when the run needs it and it is down (a restart of the
    machine, for one)."""
    if not session.paths.engine.exists():
        return
    from toolchain.setup.engine import PrivateEngine

    private = PrivateEngine(session.paths.home)
    if private.docker_host in needed_hosts(session) and not private.running():
        say("engine", "starting the private Docker engine")
        private.start()


def needed_hosts(session: Session) -> tuple[str, ...]:
    """The engine that the environment names, and those where the state has things."""
    try:
        found = session.deployment()
    except VerbError:
        found = None
    return (session.docker_host, *(address.host for address in state.engines(found or {})))
