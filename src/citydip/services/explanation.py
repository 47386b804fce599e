"""What would be done with a query, without doing it."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citydip.engine.formats import formats_for
from citydip.engine.guard import Guarded
from citydip.engine.labels import Labelled
from citydip.engine.rewrite import COLUMNS, rewrite
from citydip.engine.rules import RULES
from citydip.engine.store import names_graphs
from citydip.engine.syntax import parse
from citydip.engine.wording import worded
from citydip.model.columns import columns_beside
from citydip.services.graph import ServedGraph

if TYPE_CHECKING:
    from citydip.engine.columns.answering import ByColumns

__all__ = ["Dataset", "explain", "summary"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The data set that a request names.

    Args:
        default_graphs: IRIs of ``default-graph-uri``.
        named_graphs: IRIs of ``named-graph-uri``.
    """

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def explain(
    graph: ServedGraph, labels: Labelled, guarded: Guarded, dataset: Dataset, timeout: float | None = None
) -> dict[str, Any]:
    """Return what would be done with a query: how it is read and rewritten, and the limits that would hold.

    The embedded engine tells nothing of its plans, so neither does this. It runs nothing, and takes some milliseconds
    for each thousand words of the query.

    Args:
        graph: what would be asked.
        labels: the query as it was sent, and without label services.
        guarded: what the guard said of it.
        dataset: the data set of the request.
        timeout: seconds that the request gives the query; None gives it all there are.
    """
    settings = graph.settings
    text = labels.text
    query = parse(text)
    rewritten = rewrite(text, graph.pool.off, statistics=graph.pool.statistics)
    return {
        "form": query.form if query else None,
        "result": guarded.kind.value,
        "version": graph.snapshot.version,
        "dataset": _dataset(text, dataset),
        "formats": [form.media_type for form in formats_for(guarded.kind)],
        "limits": {
            "seconds": min(timeout or settings.timeout, settings.timeout),
            "memory": settings.memory << 20,
            "rows": settings.rows,
            "bytes": settings.size << 20,
        },
        "query": labels.original,
        "standard": worded(text, {}),
        "rewritten": rewritten.text,
        "rules": [*_label_service(labels)]
        + [
            {"rule": step.rule, "what": summary(step.rule), "before": step.before, "after": step.after}
            for step in rewritten.steps
        ],
        "columns": _order(graph, text, dataset),
        "off": sorted(graph.pool.off),
        "services": [
            {"address": clause.address, "silent": clause.silent, "query": clause.query} for clause in guarded.clauses
        ],
    }


def _order(graph: ServedGraph, text: str, dataset: Dataset) -> list[dict[str, Any]] | None:
    """Return the patterns in the order in which they are joined by columns; None where the engine joins them."""
    columns = _columns(columns_beside(graph.pool.data))
    named = dataset.default_graphs or dataset.named_graphs or names_graphs(text)
    if columns is None or named or COLUMNS in graph.pool.off:
        return None
    order = columns.order(text, graph.pool.off)
    return None if order is None else [{"pattern": pattern, "rows": rows} for pattern, rows in order]


@lru_cache(maxsize=2)
def _columns(folder: Path) -> "ByColumns | None":
    # It takes its time to import, and serving does not need it in this process.
    from citydip.engine.columns.answering import ByColumns  # noqa: PLC0415

    return ByColumns.open(folder)


def _label_service(labels: Labelled) -> list[dict[str, str]]:
    """Return what has become of the label service, as a rule that was applied."""
    if not labels.edits:
        return []
    what = "The label service becomes an OPTIONAL for each of its languages, as standard SPARQL has it."
    return [{"rule": "label-service", "what": what, "before": labels.original, "after": labels.text}]


def summary(rule: str) -> str:
    """Return the first sentence of what a rule's description says.

    Example:
        >>> summary("values")
        'A filter that demands one of some IRIs becomes a table of them, which the engine joins first.'
    """
    return (RULES[rule].__doc__ or "").partition("\n")[0]


def _dataset(text: str, dataset: Dataset) -> dict[str, Any]:
    """Return the graphs that are asked; the request's own take the place of those that the query names."""
    default, named = list(dataset.default_graphs), list(dataset.named_graphs)
    if default or named:
        return {"from": "request", "default": default, "named": named}
    query = parse(text)
    if query and query.datasets:
        default = [clause.iri or clause.of(text) for clause in query.datasets if not clause.named]
        named = [clause.iri or clause.of(text) for clause in query.datasets if clause.named]
        return {"from": "query", "default": default, "named": named}
    return {"from": "service", "default": "the union of all graphs", "named": "all graphs"}
