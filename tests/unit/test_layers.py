"""Imports point one way: infra -> components -> providers. Pure modules import no SDK."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SDK = {"pulumi", "pulumi_docker", "pulumi_command", "pulumi_aws", "docker"}
DRAWING = {"rich", "jinja2", "markupsafe"}
THIRD_PARTY = SDK | DRAWING | {"pydantic", "pydantic_core", "yaml", "grpc", "google"}
PURE = (
    "capabilities",
    "data_loss",
    "durations",
    "isolation_summary",
    "lifecycle_report",
    "recorded_state",
    "ssh_access",
    "verdict",
    "verification_spec",
)
COMPONENTS = {path.stem for path in (ROOT / "components").glob("*.py")} - {"__init__", "host"}
FORBIDDEN = {
    "components/**/*.py": {
        *("infra", "lifecycle", "policy", "review", "tests", "toolchain", "verifier")
    },
    "components/*.py": {"pulumi_aws"},
    "components/hosts/[!el]*.py": {"pulumi_aws"},
    "infra/model/*.py": SDK | {"tests", "toolchain", "verifier"},
    "infra/explain.py": SDK,
    "infra/*.py": {"tests", "toolchain", "pulumi_aws"},
    "infra/**/*.py": {"policy", "review"},
    "review/**/*.py": {"bench", "tests", "toolchain", "docker"},
    **{
        f"review/{name}": SDK | {"verifier", "lifecycle"}
        for name in (
            "changes/*.py",
            "exposure/*.py",
            "page/*.py",
            "risks/*.py",
            "comparison.py",
            "difference.py",
            "markdown.py",
            "snapshot.py",
            "stack_yaml.py",
            "stacks.py",
            "tools.py",
        )
    },
    **{
        f"policy/{name}": THIRD_PARTY
        | {"pulumi_policy", "infra", "components", "verifier", "lifecycle", "report", "review"}
        | {"bench", "tests", "toolchain"}
        for name in ("[!_]*.py", "rules/*.py")
    },
    "policy/__main__.py": (THIRD_PARTY - {"pulumi"})
    | {"infra", "components", "verifier", "lifecycle", "report", "review", "toolchain", "tests"},
    "components/cloud_init/*.py": THIRD_PARTY,
    "verifier/**/*.py": THIRD_PARTY
    | {"infra", "components", "policy", "review", "toolchain", "tests"},
    "report/**/*.py": (THIRD_PARTY - DRAWING)
    | {"infra", "components", "lifecycle", "policy", "review", "toolchain", "tests"},
    "toolchain/verbs/backup/inside.py": THIRD_PARTY | {"toolchain"},
    "toolchain/**/*.py": {"infra", "components", "lifecycle", "policy", "review", "tests"},
    "lifecycle/*.py": (SDK - {"docker"}) | {"infra", "components", "verifier", "tests"},
    **{
        f"lifecycle/{name}.py": THIRD_PARTY | {"toolchain"}
        for name in ("inside", "judge", "limits", "observed", "question", "scratch")
    },
    **{f"components/{name}.py": THIRD_PARTY for name in PURE},
}
# Reading files, sockets or the environment; allowed where a module's name says that it does.
IO = {"subprocess", "socket", "http", "http.client", "urllib.request", "shutil", "tempfile"}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return names | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}


def top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def relative(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else ""


def test_every_rule_is_about_files_that_exist():
    assert [pattern for pattern in FORBIDDEN if not list(ROOT.glob(pattern))] == []


@pytest.mark.parametrize(
    ("path", "banned"),
    [(p, b) for pattern, b in FORBIDDEN.items() for p in sorted(ROOT.glob(pattern))],
    ids=relative,
)
def test_imports_point_one_way(path, banned):
    assert not top(imported(path)) & banned


@pytest.mark.parametrize("path", sorted((ROOT / "components").glob("*.py")), ids=relative)
def test_no_component_imports_a_sibling_component(path):
    siblings = COMPONENTS - set(PURE) - {path.stem}
    assert not imported(path) & {f"components.{name}" for name in siblings}


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "components").glob("*.py")),
        *sorted((ROOT / "infra/model").glob("*.py")),
        *(ROOT / "infra" / f"{name}.py" for name in ("config", "program", "wiring", "explain")),
    ],
    ids=relative,
)
def test_what_declares_a_lab_does_no_io(path):
    names = imported(path)
    assert not names & IO
    assert "os" not in names


@pytest.mark.parametrize("room", ["verifier", "lifecycle"])
def test_infra_uses_what_proves_only_to_run_it(room):
    users = [p.name for p in (ROOT / "infra").rglob("*.py") if room in top(imported(p))]
    assert users == ["__main__.py"]
