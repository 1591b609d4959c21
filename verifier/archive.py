"""The verifier as one file: a zip that Python runs, the same bytes from the same source.

Not part of the archive itself. Members are stored, not compressed, as what a compressor makes
differs between machines; comments and docstrings are blanked out instead.
"""

from __future__ import annotations

import io
import tokenize
import zipfile
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
    """The same program with the same line numbers, without comments and docstrings."""
    lines = code.splitlines()
    fresh = True
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            _cut(lines, token)
        elif token.type == tokenize.STRING and fresh:
            _cut(lines, token)
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column] + '""'
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            fresh = True
        elif token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.ENCODING):
            fresh = False
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cut(lines: list[str], token: tokenize.TokenInfo) -> None:
    (first, start), (last, end) = token.start, token.end
    tail = lines[last - 1][end:]
    lines[first - 1] = lines[first - 1][:start] + (tail if first == last else "")
    for row in range(first, last):
        lines[row] = ""
    if first != last:
        lines[last - 1] = tail
