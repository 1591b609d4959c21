"""`python -m verifier`: one run from NSV_SPEC; `python -m verifier render`: a report as text.

A run prints exactly one JSON line on standard output and nothing on standard error; its exit
code is the report's. `render` reads such a line on standard input.
"""

from __future__ import annotations

import sys

from verifier.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
