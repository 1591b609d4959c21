"""Writes a report's three files. The shell around page and JUnit."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from report.junit import junit
from report.page import page
from report.reading import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where they are."""

    json: Path
    html: Path
    junit: Path


def write(report: Row, folder: Path, lab: str) -> Written:
    """Writes the report that `reading.load` gave; each file is there whole or not at all.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Written(
        json=folder / "report.json", html=folder / "report.html", junit=folder / "junit.xml"
    )
    _replace(files.json, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    _replace(files.html, page(report, lab))
    _replace(files.junit, junit(report, f"docklab.{lab}"))
    return files


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)
