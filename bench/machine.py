"""The machine and the parts that a run's numbers belong to."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from bench.surroundings import Around
from toolchain.setup import apt, pins, plugins, pulumi_cli
from toolchain.setup.docker_api import Engine


def facts(around: Around) -> list[str]:
    """Lines for the head of the table."""
    engine = Engine(around.docker_host)
    info = engine.info()
    remap = any("userns" in option for option in info.get("SecurityOptions") or [])
    cli = pulumi_cli.record(around.paths)
    ours = plugins.stand_ins(around.paths)
    official = "stand-in" if "docker" in ours else "official"
    version = pins.plugin_versions(around.paths.root)["docker"]
    return [
        f"machine   {_cores()} cores ({_model()}), {_memory()}, load {os.getloadavg()[0]:.1f}",
        f"system    {apt.os_release().get('PRETTY_NAME', platform.system())},"
        f" kernel {platform.release()}, Python {platform.python_version()}",
        f"engine    {engine.version()}, storage {info.get('Driver', '?')},"
        f" userns-remap {'on' if remap else 'off'}, {around.docker_host}",
        f"Pulumi    CLI {cli['version']} ({cli['source']}), {official} Docker plugin {version}",
    ]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _model() -> str:
    return _field(Path("/proc/cpuinfo"), "model name") or platform.machine()


def _memory() -> str:
    kib = _field(Path("/proc/meminfo"), "MemTotal").removesuffix("kB").strip()
    return f"{int(kib) / (1 << 20):.1f} GiB" if kib.isdigit() else "memory unknown"


def _field(file: Path, name: str) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "")
