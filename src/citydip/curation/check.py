"""All checks in one run: syntax, format, manifest, shapes, dates, rules, check queries, quotations."""

import gc
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from citydip.curation.checks import check_catalogue, check_queries
from citydip.curation.compute import Computed, compute
from citydip.curation.formatting import format_file
from citydip.curation.layout import Layout
from citydip.curation.manifest import check_manifest
from citydip.curation.progress import Progress, track, unseen
from citydip.curation.quotes import check_quotes, check_seals
from citydip.curation.recheck import Memory, Seen, basis_of, things_to_check
from citydip.curation.shacl import check_ontology, check_shapes
from citydip.curation.view import Subject
from citydip.curation.workspace import Workspace, open_workspace
from citydip.model.errors import TurtleSyntaxError
from citydip.model.findings import Finding

__all__ = ["MEMORY", "Checked", "check", "check_format", "memory_of"]

MEMORY = ".checked"
"""The folder below that of the snapshots that keeps what the last check saw, of the whole graph or the curated one."""


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


def check(
    layout: Layout,
    articles: Path | None,
    say: Callable[[str], None],
    *,
    full: bool = False,
    progress: Progress = unseen,
) -> Checked:
    """Run all checks; shapes and format of what the last check saw and no edit can have affected are not checked anew.

    A file with a syntax error is found first and alone, because every other check would speak of its absence.

    Args:
        layout: where the files lie.
        articles: folder of the articles' texts; None proves quotations by their seals only.
        say: called with a line for each step, to show progress.
        full: check everything anew.
        progress: called with the share of a step that is done, and its name.
    """
    say("reading files")
    workspace = open_workspace(layout, progress)
    if workspace.findings:
        return Checked(workspace, [], sorted(workspace.findings, key=lambda f: f.order))
    findings: list[Finding] = []
    say(f"read {len(workspace.files)} files, {len(workspace.store)} triples; checking their format")
    memory = Memory(memory_of(layout))
    basis = basis_of(workspace)
    seen = None if full else memory.recall(basis)
    untidy = list(check_format(workspace, seen.neat if seen else frozenset(), progress))
    findings += untidy
    findings += check_manifest(workspace)
    say("checking quotations")
    findings += check_seals(workspace)
    if articles is not None:
        findings += check_quotes(workspace, articles)
    say("checking the ontology")
    findings += check_ontology(workspace)
    say("checking shapes")

    def again(steps: int) -> set[Subject] | None:
        return things_to_check(workspace, seen, memory, steps) if seen else None

    wrong: set[Subject] = set()
    findings += check_shapes(workspace, again, wrong, progress)
    # From here on everything is asked of the store.
    for file in workspace.files.values():
        file.forget()
    # What shapes looked at is held by caches that refer to each other: 250 MB for the whole graph.
    gc.collect()
    say("computing")
    computed, of_rules = compute(workspace, say, progress)
    findings += of_rules
    say("running check queries")
    findings += check_queries(workspace, progress)
    findings += check_catalogue(workspace)
    names = {layout.relative(path): file.digest for path, file in workspace.files.items()}
    neat = frozenset(names.values()) - {names[finding.file] for finding in untidy if finding.file}
    memory.keep(Seen(basis, names, neat, frozenset(map(str, wrong))), workspace.files.values())
    return Checked(workspace, computed, sorted(set(findings), key=lambda f: f.order))


def memory_of(layout: Layout) -> Path:
    """Return the folder with what the last check saw."""
    return layout.snapshots / MEMORY / ("whole" if layout.imported else "curated")


def check_format(
    workspace: Workspace, neat: Collection[str] = frozenset(), progress: Progress = unseen
) -> Iterator[Finding]:
    """Yield a finding for each file that is not in the one format.

    Args:
        workspace: the files.
        neat: digests of files that are known to be in it.
        progress: called with the share of the files that were checked.
    """
    for file in track(workspace.files.values(), "checking format", progress):
        if file.digest in neat:
            continue
        name = workspace.layout.relative(file.path)
        try:
            wanted = format_file(file)
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
