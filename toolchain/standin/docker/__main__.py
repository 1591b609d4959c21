"""The plugin `pulumi-resource-docker`, as `python -m toolchain.standin.docker`."""

from __future__ import annotations

import sys

from toolchain.standin.bare import without_sdk


def main() -> None:
    """Serve until told to end."""
    without_sdk()
    from toolchain.standin.docker.provider import DockerProvider
    from toolchain.standin.process import serve

    serve(DockerProvider(), sys.argv[1:])


if __name__ == "__main__":
    main()
