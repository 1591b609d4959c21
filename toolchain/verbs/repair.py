"""Puts right what an interrupted run left, before the next one begins. Acts; leftovers.py, locks.py
and runs.py decide.

Order matters: the dead run's plugins first (they may still create), its lock, a damaged state file,
then the engine's things and Pulumi's note of them. A clean stack costs two file reads. What is done
is said in a line each.
"""

import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from toolchain.setup.console import say
from toolchain.verbs import checkpoint, engine, leftovers, locks, orphans, runs
from toolchain.verbs import deployment as state
from toolchain.verbs.errors import VerbError
from toolchain.verbs.leftovers import Window
from toolchain.verbs.locks import Lock, Standing
from toolchain.verbs.session import PROJECT, Session


def repair(session: Session) -> None:
    """Makes the stack fit for a run. Raises VerbError when another run is under way or the engine
    is out of reach."""
    dead = cancel_dead_locks(session)
    restored = _restore(session)
    found = session.deployment()
    if not found:
        return
    windows = _windows(session, dead, found)
    if windows and (dead or restored or state.pending_operations(found) or state.engines(found)):
        _end_orphans(session)
        _clear_engine(session, found, windows)
    if state.pending_operations(found) or restored:
        _clear_notes(session, found, everything=restored)


def cancel_dead_locks(session: Session) -> list[Lock]:
    """Removes the locks of dead runs and gives them; raises VerbError for a lock that somebody
    holds."""
    if session.backend is None:
        return []
    dead = []
    for lock in locks.read(session.backend.lock_folder(PROJECT, session.stack)):
        standing = locks.judge(lock, socket.gethostname(), locks.process_start)
        if standing is not Standing.DEAD:
            raise VerbError(held_message(lock, standing, session.stack))
        dead.append(lock)
    if dead:
        _end_orphans(session)
    for lock in dead:
        _remove(lock.path)
        say(
            "repair",
            f"cancelled the lock of a run that died (pid {lock.pid},"
            f" {lock.username}@{lock.hostname})",
        )
    return dead


def held_message(lock: Lock, standing: Standing, stack: str) -> str:
    """Who holds a lock, and what to do about it."""
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(lock.timestamp))
    holder = f"{lock.username}@{lock.hostname}, pid {lock.pid}, since {since}"
    if standing is Standing.ALIVE:
        return (
            f"stack {stack} is in use: another Pulumi runs on it ({holder}). Wait for its end,"
            " or end it with ^C there."
        )
    return (
        f"stack {stack} is locked from another machine ({holder}). Wait for that run; if it is"
        " dead for certain,"
        f" `pulumi cancel {stack}` takes the lock away."
    )


def _restore(session: Session) -> bool:
    path = session.checkpoint_file
    if path and checkpoint.drop_cut_attributes(str(path)):
        say("repair", "removed attributes of the state file that a dead run had cut short")
    error = checkpoint.broken(str(path)) if path else None
    if error is None:
        return False
    say("repair", checkpoint.restore(str(path), session.stack, error))
    return True


def _end_orphans(session: Session) -> None:
    ended = orphans.end(str(session.paths.home))
    if ended:
        say("repair", f"ended {ended} plugin process{'es' if ended > 1 else ''} of a run that died")


def _windows(session: Session, dead: list[Lock], found: Mapping[str, Any]) -> list[Window]:
    interrupted = runs.interruption_window(dead, found, time.time())
    failed = runs.last_failure(session.backend, PROJECT, session.stack) if session.backend else None
    return [window for window in (interrupted, failed) if window]


def _clear_engine(session: Session, found: Mapping[str, Any], windows: list[Window]) -> None:
    """Removes what interrupted creations left on every engine that the state names."""
    volumes = leftovers.unfinished_volumes(found)
    for address in state.engines(found) or (state.EngineAddress(session.docker_host),):
        client = engine.connect(address)
        try:
            there = engine.things(client, session.stack, volumes)
            for thing in engine.remove(
                client, leftovers.removable(there, found, session.stack, windows)
            ):
                say(
                    "repair",
                    f"removed {thing.kind} {thing.name}: an interrupted run made it and could not"
                    " note it",
                )
        finally:
            client.close()


def _clear_notes(session: Session, found: Mapping[str, Any], *, everything: bool) -> None:
    """Takes the interrupted operations out of the state; reads anew what an interrupted change or
    deletion concerned."""
    count = len(state.pending_operations(found))
    if count:
        code, text, complaint = session.ask_pulumi("stack", "export", "--stack", session.stack)
        if code == 0:
            # `stack import` drops pending operations; it checks the whole state like any other
            # writer.
            code, _, complaint = session.ask_pulumi(
                "stack", "import", "--stack", session.stack, given=text
            )
        if code != 0:
            raise VerbError(
                f"the {count} interrupted operations cannot be cleared: {complaint.strip()}"
            )
        say(
            "repair",
            f"cleared {count} interrupted operation{'s' if count > 1 else ''} from the state",
        )
    known = {str(resource.get("urn")) for resource in state.resources(found)}
    urns = [urn for urn in leftovers.interrupted_others(found) if urn in known]
    if urns or everything:
        _refresh(session, [] if everything else urns)


def _refresh(session: Session, urns: list[str]) -> None:
    targets = [argument for urn in urns for argument in ("--target", urn)]
    arguments = ("refresh", "--yes", "--skip-preview", "--stack", session.stack, *targets)
    code, text, complaint = session.ask_pulumi(*arguments)
    if code != 0:
        raise VerbError(
            "reading anew what the interrupted run changed"
            f" failed:\n{text.strip()}\n{complaint.strip()}"
        )
    what = f"{len(urns)} resource{'s' if len(urns) > 1 else ''}" if urns else "every resource"
    say("repair", f"read {what} anew from the engine")


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except FileNotFoundError:
        return
