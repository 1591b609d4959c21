"""The one-file verifier: same bytes everywhere, and a program that runs."""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from verifier import archive

SOURCES = sorted(archive.SOURCE.rglob("*.py"))


def test_a_copy_elsewhere_with_other_dates_gives_the_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "a folder" / "verifier"
    shutil.copytree(archive.SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert archive.build(copy) == archive.build()


def test_a_changed_source_gives_other_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "verifier"
    shutil.copytree(archive.SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "judge.py").write_text((copy / "judge.py").read_text() + "X = 1\n")
    assert archive.build(copy) != archive.build()


def test_the_archive_holds_the_program_and_nothing_else() -> None:
    names = zipfile.ZipFile(io.BytesIO(archive.build())).namelist()
    assert names == sorted(names)
    assert "verifier/judge.py" in names
    assert "verifier/archive.py" not in names
    assert all(name.endswith(".py") for name in names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_slimming_changes_no_statement(path: Path) -> None:
    code = path.read_text("utf-8")
    slim = archive.slim(code)
    assert _without_docstrings(slim) == _without_docstrings(code)
    assert slim.count("\n") == code.count("\n")
    assert len(slim) < len(code) or not code


def _without_docstrings(code: str) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if hasattr(node, "body") and isinstance(node.body, list):
            node.body = [one for one in node.body if not _is_text(one)]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_the_file_runs_by_itself_away_from_the_source(tmp_path: Path) -> None:
    file = tmp_path / "verifier.pyz"
    file.write_bytes(archive.build())
    done = subprocess.run(
        [sys.executable, "-I", str(file)], cwd=tmp_path, capture_output=True, text=True, env={}
    )
    assert done.returncode == 2
    assert done.stdout.startswith('{"schema":"nsv/1"')
    assert done.stderr == ""


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top == "verifier" or top in sys.stdlib_module_names
