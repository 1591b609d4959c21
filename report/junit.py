"""The report as JUnit XML, as Jenkins and GitLab read it. Pure.

A family of checks is a suite, a check of one subject a test case. What a required check refutes
is a failure, what it could not tell an error; what is not required, and what only informs, is
skipped, so that no reader counts it as proven.
"""

from __future__ import annotations

from xml.etree import ElementTree as xml

from report import checks
from report.cells import BAD, DOUBT, GOOD
from report.checks import Family, One
from report.reading import Row, text


def junit(report: Row, name: str = "docklab") -> str:
    """The XML text of a report that `reading.load` gave."""
    families = checks.families(report)
    root = xml.Element("testsuites", {"name": name, **_totals([f.checks for f in families])})
    for family in families:
        suite = xml.SubElement(
            root, "testsuite", {"name": family.title, **_totals([family.checks])}
        )
        suite.set("id", str(list(root).index(suite)))
        suite.set("package", f"docklab.{family.key}")
        _properties(suite, report)
        _cases(suite, family)
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, "unicode") + "\n"


def _properties(suite: xml.Element, report: Row) -> None:
    properties = xml.SubElement(suite, "properties")
    for key in ("run_id", "verdict", "summary"):
        xml.SubElement(properties, "property", {"name": key, "value": text(report.get(key))})


def _cases(suite: xml.Element, family: Family) -> None:
    for one in family.checks:
        title = f"{one.subject}: {one.claim}" if one.subject else one.claim
        case = xml.SubElement(suite, "testcase", {"classname": one.id, "name": title})
        case.set("time", _seconds(one))
        kind = _kind(one)
        if kind in ("failure", "error"):
            given = {"type": one.status.word, "message": one.remedy or one.claim}
            xml.SubElement(case, kind, given).text = _details(one)
        elif kind == "skipped":
            xml.SubElement(case, kind, {"message": one.status.word})
        xml.SubElement(case, "system-out").text = _details(one)


def _kind(one: One) -> str:
    if one.status.tone == GOOD:
        return ""
    return {BAD: "failure", DOUBT: "error"}[one.status.tone] if one.blocks else "skipped"


def _totals(groups: list[tuple[One, ...]]) -> dict[str, str]:
    found = [one for group in groups for one in group]
    kinds = [_kind(one) for one in found]
    return {
        "tests": str(len(found)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": f"{sum(one.ms or 0 for one in found) / 1000:.3f}",
    }


def _seconds(one: One) -> str:
    return f"{(one.ms or 0) / 1000:.3f}"


def _details(one: One) -> str:
    lines = [f"claim: {one.claim}"]
    lines += [f"evidence: {key}: {value}" for key, value in one.evidence]
    lines += [f"control: {key}: {value}" for key, value in one.control]
    lines += [f"remedy: {one.remedy}"] if one.remedy else []
    lines += [f"how we know: {one.how}"] if one.how else []
    return "\n".join(lines)
