"""The plugin `pulumi-resource-command`, as `python -m toolchain.standin.command`."""

from __future__ import annotations

import sys

from toolchain.standin.bare import without_sdk


def main() -> None:
    """Serve until told to end."""
    without_sdk()
    from toolchain.standin.command.provider import CommandProvider
    from toolchain.standin.process import serve

    serve(CommandProvider(), sys.argv[1:])


if __name__ == "__main__":
    main()
