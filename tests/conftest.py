"""What all tests share: where compiled code is kept, how Hypothesis draws.

Fixtures live beside the tests that use them.
"""

import os
import sys

from hypothesis import settings

# Of this process alone, not of those it starts: a clone that a test makes has a venv of its own,
# with compiled code that a prefix in the environment would hide.
if kept := os.environ.get("DOCKLAB_TEST_PYCACHE"):
    sys.pycache_prefix, sys.dont_write_bytecode = kept, False

pytest_plugins = ["left_out"]

# A busy machine is no bug: an example may take as long as it takes.
settings.register_profile("docklab", deadline=None)
settings.load_profile("docklab")
