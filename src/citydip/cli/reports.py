"""Findings as text for people, as JSON for programs, as SARIF for code review tools."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from citydip import __version__
from citydip.model.findings import Finding

__all__ = ["as_json", "as_sarif", "as_text"]


def as_text(findings: Sequence[Finding]) -> str:
    """Return findings as text: place and rule, what is wrong, what mends it, the line.

    Example:
        >>> print(as_text([Finding("label", "no Persian label", "add one", "data/x.ttl", 3)]))
        data/x.ttl:3: no Persian label [label]
            to mend it: add one
    """
    blocks = []
    for finding in findings:
        lines = [f"{finding.place}: {finding.message} [{finding.rule}]"]
        lines += [f"    | {line}" for line in (finding.text or "").splitlines()]
        lines.append(f"    to mend it: {finding.fix}")
        blocks.append("\n".join(lines))
    return "\n".join(blocks)


def as_json(findings: Sequence[Finding]) -> str:
    """Return findings as a JSON array of objects with the fields of `Finding`."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def as_sarif(findings: Sequence[Finding]) -> str:
    """Return findings in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS)."""
    rules = sorted({finding.rule for finding in findings})
    results = []
    for finding in findings:
        result: dict[str, object] = {
            "ruleId": finding.rule,
            "ruleIndex": rules.index(finding.rule),
            "level": "error",
            "message": {"text": f"{finding.message}. To mend it: {finding.fix}"},
        }
        if finding.file:
            region = {"startLine": finding.line or 1}
            if finding.column:
                region["startColumn"] = finding.column
            location = {"artifactLocation": {"uri": finding.file}, "region": region}
            result["locations"] = [{"physicalLocation": location}]
        results.append(result)
    driver = {"name": "citydip", "version": __version__, "rules": [{"id": rule} for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    sarif = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(sarif, ensure_ascii=False, indent=1)
