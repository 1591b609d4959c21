"""`.docklab/bin/pulumi`: keeps tracked stack files free of the salt that Pulumi's passphrase
provider writes.

What a user meets:
- `pulumi up|preview|destroy|refresh|import|watch|config` read the tracked file through a rendered
  copy.
- `pulumi config set KEY VALUE` writes the tracked file. With --secret, Pulumi adds an
  encryptionsalt beside the value and the launcher says what that means for others; from then on it
  leaves that stack alone.
- `pulumi stack init|rm` and `destroy --remove` neither write nor delete the tracked file.
- A file that keeps an encryptionsalt or a secretsprovider of its own, a given --config-file, a
  project other than docklab: all goes to the real CLI as it is.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from toolchain.paths import Paths


def install(paths: "Paths", real_cli: "Path") -> None:
    """Writes the launcher to the clone's bin folder; real_cli is what it runs. Raises ValueError
    when real_cli is that launcher. Standard library only, and no need for the virtual environment
    yet.
    """
    from toolchain.verbs.launcher.script import write

    target = paths.bin / "pulumi"
    write(target, python=paths.python, root=paths.root, real_cli=real_cli, stacks=paths.stacks)
