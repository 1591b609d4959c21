"""`python -m toolchain VERB`: gets the parts (setup, doctor, env); other verbs are toolchain.verbs.

Runs with the system's Python and the standard library alone until `.docklab/venv` is there.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    # Said here, before any import that an older Python could not read.
    sys.exit(
        f"docklab: this is Python {sys.version_info[0]}.{sys.version_info[1]}; 3.11 is the least. "
        "Way out: make PYTHON=/path/to/python3.11 ..."
    )


def main(arguments: list[str]) -> int:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in ("setup", "doctor", "env"):
        from toolchain import verbs

        return verbs.main(arguments)
    from toolchain.paths import paths
    from toolchain.setup.console import SetupError

    try:
        if verb == "setup":
            from toolchain.setup import steps

            return steps.main(paths(), rest)
        if verb == "doctor":
            from toolchain.setup import doctor

            return doctor.main(paths())
        from toolchain.setup.environment import as_shell, environment

        sys.stdout.write(as_shell(environment(paths())))
    except SetupError as error:
        print(f"docklab: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        # A full disk, or a folder of another user: the name and the reason are all there is to say.
        print(f"docklab: {error.filename or verb}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\ndocklab: {verb} was interrupted; run it again and it goes on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
