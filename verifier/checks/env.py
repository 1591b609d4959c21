"""env.self: can the verifier see the host at all?"""

from __future__ import annotations

from verifier.check import ALL, ERROR, PASS, Case, Check
from verifier.remedies import RUN_WITH

SYS_PTRACE = 19


def check(case: Case) -> list[Check]:
    me = case.facts.observer
    problem, remedy = "", ""
    if not me.scan_complete:
        problem = f"the scan of {me.procfs} did not end ({me.processes} processes read)"
        remedy = "the host has too many processes for the run's time: run it again when calmer"
    elif not me.kthreadd and not me.shims:
        problem = f"{me.procfs} shows neither kthreadd nor a containerd-shim: not the host's"
        remedy = f"bind the host's /proc: {RUN_WITH} (a hidepid mount needs SYS_PTRACE too)"
    elif not me.capabilities >> SYS_PTRACE & 1:
        problem = "the capability SYS_PTRACE is missing: namespaces of others cannot be read"
        remedy = RUN_WITH
    evidence = {
        "procfs": me.procfs,
        "processes": me.processes,
        "kthreadd": me.kthreadd,
        "shims": me.shims,
        "kernel": me.kernel,
        "capabilities": f"{me.capabilities:016x}",
        "seccomp": me.seccomp,
        "no_new_privs": me.no_new_privs,
        "lsm": me.lsm,
    }
    return [
        Check(
            id="env.self",
            subject=ALL,
            status=ERROR if problem else PASS,
            claim="the verifier sees the host's processes",
            method="procfs",
            evidence={"problem": problem, **evidence} if problem else evidence,
            remedy=remedy,
        )
    ]
