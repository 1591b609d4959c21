import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `main: infra/` hides the root

from infra.config import load
from infra.preflight import preflight
from infra.program import build, export
from infra.surroundings import surroundings
from lifecycle import fingerprint
from verifier.archive import build as verifier_archive

lab = load()
around = surroundings(
    verifier_archive() if lab.verification.enabled else b"", lifecycle=fingerprint()
)
preflight(lab, around)
export(build(lab, around))
