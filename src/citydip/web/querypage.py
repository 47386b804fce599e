"""The query page: an editor, the examples of the catalogue, and the result of a query.

The page is whole without scripts. With them, queries run without leaving it, and results show as tables, maps,
networks, timelines and charts; what the scripts say stands in the page as JSON.
"""

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import Response

from citydip.engine.wording import worded
from citydip.model.queryfile import QueryFile
from citydip.model.terms import PREFIXES
from citydip.web.editor_messages import EDITOR_MESSAGES
from citydip.web.messages import say
from citydip.web.reader import language_of
from citydip.web.rendering import render
from citydip.web.versioned import graph_of

__all__ = ["show_query"]


def show_query(  # noqa: PLR0913 - a page has that many parts
    request: Request,
    text: str,
    *,
    result: Mapping[str, object] | None = None,
    formats: Sequence[str] = (),
    example: QueryFile | None = None,
    values: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    standard: str = "",
    path: str = "/sparql",
) -> Response:
    """Answer with the query page.

    Args:
        request: what is answered.
        text: the query in the editor.
        result: its result, as the template takes it; None where it has not been run.
        formats: names of the formats that the result can be had in.
        example: the query of the catalogue that the text is.
        values: its parameters, as written.
        headers: further headers.
        standard: the query in standard SPARQL, where it has clauses of Wikidata's query service.
        path: of the endpoint that is asked; the scripts of the page know only the graph's own.
    """
    graph, language = graph_of(request), language_of(request)
    context = {
        "query": text,
        "result": result,
        "formats": formats,
        "example": example,
        "values": values or {},
        "endpoint": path if path == "/wikidata/sparql" else "/sparql",
        "standard": worded(standard, {}) if standard else "",
        "catalogue": list(graph.catalogue),
        "timeout": graph.settings.timeout,
        "prefixes": PREFIXES,
        "script_messages": {
            key.removeprefix("q-"): say(key, language) for key in EDITOR_MESSAGES if key.startswith("q-")
        },
    }
    return render(request, "query.html", context, headers=headers)
