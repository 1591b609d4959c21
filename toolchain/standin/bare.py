"""Pulumi's generated protocol modules without the SDK around them: half the time to start.

Importing `pulumi.runtime.proto` runs the whole SDK's package code first. A plugin process needs
none of it. Only for a process that is nothing but a plugin: no program can run in it afterwards.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types


def without_sdk() -> None:
    """Make `pulumi` and `pulumi.runtime` packages that only have what is inside their folders."""
    path: list[str] | None = None
    for name in ("pulumi", "pulumi.runtime"):
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if name in sys.modules or spec is None or spec.submodule_search_locations is None:
            return
        path = list(spec.submodule_search_locations)
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package
