"""What all tests share: how Hypothesis draws. Fixtures live beside the tests that use them."""

from hypothesis import settings

pytest_plugins = ["left_out"]

# A busy machine is no bug: an example may take as long as it takes.
settings.register_profile("docklab", deadline=None)
settings.load_profile("docklab")
