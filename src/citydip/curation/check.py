"""All checks in one run: syntax, format, manifest, shapes, dates, rules, check queries, quotations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from citydip.curation.checks import check_catalogue, check_queries
from citydip.curation.compute import Computed, compute
from citydip.curation.formatting import format_turtle
from citydip.curation.layout import Layout
from citydip.curation.manifest import check_manifest
from citydip.curation.quotes import check_quotes, check_seals
from citydip.curation.shacl import check_ontology, check_shapes
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.errors import TurtleSyntaxError
from citydip.model.findings import Finding

__all__ = ["Checked", "check", "check_format"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of all checks gives.

    Args:
        workspace: the parsed files, with the computed graphs in the store.
        computed: what each rule computed.
        findings: in the order of file and line; empty where all is well.
    """

    workspace: Workspace
    computed: list[Computed]
    findings: list[Finding]


def check(layout: Layout, articles: Path | None, say: Callable[[str], None]) -> Checked:
    """Run all checks.

    A file with a syntax error is found first and alone, because every other check would speak of its absence.

    Args:
        layout: where the files lie.
        articles: folder of the articles' texts; None proves quotations by their seals only.
        say: called with a line for each step, to show progress.
    """
    say("reading files")
    workspace = open_workspace(layout)
    if workspace.findings:
        return Checked(workspace, [], sorted(workspace.findings, key=lambda f: f.order))
    findings: list[Finding] = []
    say(f"read {len(workspace.files)} files, {len(workspace.store)} triples; checking their format")
    findings += check_format(workspace)
    findings += check_manifest(workspace)
    say("checking quotations")
    findings += check_seals(workspace)
    if articles is not None:
        findings += check_quotes(workspace, articles)
    say("checking the ontology")
    findings += check_ontology(workspace)
    say("checking shapes")
    findings += check_shapes(workspace)
    computed, wrong = compute(workspace, say)
    findings += wrong
    say("running check queries")
    findings += check_queries(workspace)
    findings += check_catalogue(workspace)
    return Checked(workspace, computed, sorted(set(findings), key=lambda f: f.order))


def check_format(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each file that is not in the one format."""
    for file in workspace.files.values():
        name = workspace.layout.relative(file.path)
        try:
            wanted = format_turtle(file.path, file.text)
        except TurtleSyntaxError as error:
            yield Finding(
                "format",
                error.message,
                "mend the line that is shown",
                name,
                error.line,
                error.column,
                error.excerpt,
            )
            continue
        if wanted != file.text:
            pairs = enumerate(zip(file.text.splitlines(), wanted.splitlines(), strict=False), 1)
            line = next((number for number, (is_, should) in pairs if is_ != should), None)
            yield Finding("format", "the file is not in the one format", "run: citydip fmt", name, line)
