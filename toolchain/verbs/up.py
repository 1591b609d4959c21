"""`up`, `preview`, `refresh` and `verify`: run Pulumi on the stack, then say what came of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from toolchain.setup.console import say
from toolchain.verbs import deployment as state
from toolchain.verbs import engine, messages, report, trouble, verified
from toolchain.verbs.errors import VerbError
from toolchain.verbs.launcher.stackfiles import keeps_own_secrets
from toolchain.verbs.prepare import prepare
from toolchain.verbs.process import Outcome
from toolchain.verbs.session import STACK_FOLDER, Session, require_stack_file

_UNASKED = ("--yes", "--skip-preview")
_QUIET = ("--suppress-outputs",)  # the report is one of them: hundreds of lines, shown as a table


def up(session: Session, extra: Sequence[str]) -> int:
    """Brings the lab up and shows the proof. The exit status is 0 only for a lab that is up and
    isolated."""
    require_stack_file(session.paths, session.stack)
    prepare(session, create=True)
    before = session.deployment() or {}
    again = verify_again(before, extra, restarted(before))
    if why := _stale(before):
        say("lab", f"{why}: reading its real condition from the engine first")
        # A run of its own, for --replace refuses what the refresh of the same run finds gone.
        outcome = session.pulumi("refresh", *_UNASKED, *_QUIET, "--stack", session.stack)
        if outcome.code != 0:
            return explain(session, "up", outcome, messages.unfinished("up", session.stack))
        again = still_there(again, session.deployment() or {})
    outcome = session.pulumi("up", "--yes", *_QUIET, "--stack", session.stack, *again, *extra)
    found = session.deployment() or {}
    if outcome.code == 0:
        report.show(session, found)
        print(report.further(session, found), flush=True)
        return 0
    ran = verified.verification(found) != verified.verification(before)
    if not outcome.signal and verified.failed_check(found) and ran:
        report.show(session, found)
        return _say(messages.not_isolated(session.stack), outcome)
    return explain(session, "up", outcome, messages.unfinished("up", session.stack))


def restarted(deployment: Mapping[str, Any]) -> bool:
    """Whether a verified container has another first process now: then its namespaces are new."""
    seen = verified.verified_pids(verified.check(deployment))
    if not seen:
        return False
    try:
        now = [engine.first_pids(address, seen) for address in state.engines(deployment)]
    except VerbError:
        return False  # the engine does not answer: Pulumi's to say
    return any(pid != seen[identity] for found in now for identity, pid in found.items())


def verify_again(
    deployment: Mapping[str, Any], extra: Sequence[str], outdated: bool = False
) -> tuple[str, ...]:
    """The arguments that make anew what the last run left wrong: a verification that failed or is
    outdated, a container that did not start. None when the user picks targets himself.

    A verification's result is an output like any other: without this, a lab put right by hand would
    fail for ever.
    """
    if any("target" in argument for argument in extra):
        return ()
    check = verified.check(deployment)
    # Without a verdict, what is on record of the other part is of a run that did not end.
    ended = check is not None and check.exit_code is not None
    failed_part = verified.failed_check(deployment) or not verified.volumes_proven(deployment)
    wrong = outdated or not ended or failed_part
    failed = verified.verification_urns(deployment) if wrong else ()
    urns = dict.fromkeys((*state.unfinished(deployment), *failed))
    return tuple(argument for urn in urns for argument in ("--replace", urn))


def still_there(again: Sequence[str], deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """The same arguments without the resources that a refresh found gone."""
    known = {resource.get("urn") for resource in state.resources(deployment)}
    urns = [urn for urn in again[1::2] if urn in known]
    return tuple(argument for urn in urns for argument in ("--replace", urn))


def _stale(deployment: Mapping[str, Any]) -> str | None:
    """Why the state cannot be trusted, if so. Pulumi looks at the engine only when told to."""
    if verified.failed_check(deployment):
        return "the last verification failed"
    expected = state.should_run(deployment)
    for address in state.engines(deployment) if expected else ():
        running = engine.running_ids(address)
        if running is not None:
            expected = {id_: name for id_, name in expected.items() if id_ not in running}
            if expected:
                return f"not running, by {address.host}: {', '.join(sorted(expected.values()))}"
    return None


def preview(session: Session, extra: Sequence[str]) -> int:
    """Shows what `up` would do."""
    require_stack_file(session.paths, session.stack)
    prepare(session, create=True)
    again = verify_again(session.deployment() or {}, extra)
    outcome = session.pulumi("preview", *_QUIET, "--stack", session.stack, *again, *extra)
    # Said again without the rules, it would pass.
    judged = any(word.partition("=")[0] == "--policy-pack" for word in extra)
    verb = "policy" if judged else "preview"
    return explain(session, verb, outcome, messages.run_failed(verb, session.stack, "preview"))


def refresh(session: Session, extra: Sequence[str]) -> int:
    """Reads the lab's real condition into the state."""
    _require_lab(session)
    outcome = session.pulumi("refresh", "--yes", *_QUIET, "--stack", session.stack, *extra)
    return explain(session, "refresh", outcome, messages.unfinished("refresh", session.stack))


def verify(session: Session, extra: Sequence[str]) -> int:
    """Runs both parts of the verification again on the lab as it is and shows the whole report."""
    _require_lab(session, and_volumes=True)
    urns = verified.verification_urns(session.deployment() or {})
    again = [word for urn in urns for word in ("--target-replace", urn)]
    outcome = session.pulumi("up", "--stack", session.stack, *_UNASKED, *_QUIET, *again, *extra)
    found = session.deployment() or {}
    failure = messages.run_failed("verify", session.stack)
    if outcome.signal or report.latest_report(found) is None:
        return explain(session, "verify", outcome, failure) or 1
    report.show(session, found, whole=True)
    if verified.failed_check(found):
        return _say(messages.not_isolated(session.stack), outcome._replace(code=outcome.code or 1))
    return explain(session, "verify", outcome, failure)


def _require_lab(session: Session, and_volumes: bool = False) -> None:
    require_stack_file(session.paths, session.stack)
    prepare(session, create=False)
    found = session.deployment() or {}
    check, volumes = verified.verification(found)
    if check is None or (and_volumes and volumes is None):
        what = "has no verification to run again" if state.holds_resources(found) else "is not up"
        raise VerbError(
            f"the lab of stack {session.stack} {what}."
            f" `{messages.make('up', session.stack)}` brings it up and verifies it."
        )


def explain(session: Session, verb: str, outcome: Outcome, otherwise: str) -> int:
    """Says what to do after a run that failed; gives the verb's exit status."""
    if outcome.code == 0:
        return 0
    if outcome.signal:
        return _say(messages.interrupted(verb, session.stack), outcome)
    if messages.is_about_passphrase(outcome.complaint):
        return _say(_about_passphrase(session, outcome.complaint), outcome)
    return _say(trouble.paragraph(outcome.errors, verb, session.stack) or otherwise, outcome)


def _about_passphrase(session: Session, complaint: str) -> str:
    chosen = session.env.get("PULUMI_CONFIG_PASSPHRASE_FILE", "")
    if "unable to read" in complaint:
        return messages.unreadable_passphrase(chosen, str(session.paths.passphrase))
    file = session.paths.root / STACK_FOLDER / f"Pulumi.{session.stack}.yaml"
    own = file.exists() and keeps_own_secrets(file.read_text(encoding="utf-8"))
    name = f"{STACK_FOLDER}/{file.name}"
    return messages.wrong_passphrase(
        session.env, session.stack, name, own, str(session.paths.passphrase)
    )


def _say(paragraph: str, outcome: Outcome) -> int:
    print(f"\n{paragraph}", file=sys.stderr, flush=True)
    return outcome.exit_code
