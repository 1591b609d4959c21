"""The verifier as one file: a zip that Python runs, the same bytes from the same source.

Not part of the archive itself. Members are stored, not compressed, as what a compressor makes
differs between machines; docstrings are blanked out instead.
"""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent
LEFT_OUT = {"archive.py"}
START = "from verifier.cli import main\nimport sys\nsys.exit(main(sys.argv[1:]))\n"
EPOCH = (1980, 1, 1, 0, 0, 0)


def build(source: Path = SOURCE) -> bytes:
    """Bytes of the archive; run it as `python3 verifier.pyz`. `source` is the package's folder."""
    members = {"__main__.py": START}
    for path in source.rglob("*.py"):
        name = path.relative_to(source).as_posix()
        if name not in LEFT_OUT and name != "__main__.py":
            members[f"verifier/{name}"] = slim(path.read_text(encoding="utf-8"))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name].encode())
    return whole.getvalue()


def slim(code: str) -> str:
    """The same program with the same line numbers, without docstrings."""
    lines = code.encode().splitlines()
    for node in _statements(ast.parse(code)):
        if _is_text(node):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1] = lines[node.lineno - 1][: node.col_offset] + b'""'
            lines[node.lineno : last] = [b""] * (last - node.lineno)
    return b"".join(line + b"\n" for line in lines).decode()


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements below `node`. Half the time of ast.walk, for it enters no expression."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, part, ()):
            if isinstance(child, ast.stmt):
                yield child
            yield from _statements(child)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
