"""The application: one served graph, its routes, and the headers that every answer has."""

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette_compress import add_compress_type

from citydip import __version__
from citydip.curation.layout import find_layout
from citydip.engine.formats import FORMATS
from citydip.model.errors import CitydipError
from citydip.model.settings import Settings, read_settings
from citydip.services.answers import Answers
from citydip.services.changes.desk import ChangesDesk
from citydip.services.exporting.prepared import Prepared
from citydip.services.federation import Federation
from citydip.services.versions import serve_versions
from citydip.web import (
    asking,
    browsing,
    changes,
    codebook,
    descriptions,
    editor,
    exporting,
    linked,
    machines,
    networks,
    pages,
    searching,
    sparql,
    wikidata,
)
from citydip.web.budget import Budget
from citydip.web.front import Application
from citydip.web.observing import Observations, metrics_router
from citydip.web.openapi import add_document
from citydip.web.problems import answer_gone, answer_http_error, answer_problem, answer_unexpected
from citydip.web.reconciling import draft, stable

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Application:
    """Return the application over a folder of snapshots.

    Args:
        settings: limits and places; None reads them from the environment (``CITYDIP_…``).
    """
    settings = settings or read_settings(os.environ)
    observations = Observations(settings.access_log)
    federation = Federation(settings, observations.count_service) if settings.services else None

    @asynccontextmanager
    async def lifespan(app: Application) -> AsyncIterator[None]:
        async with serve_versions(find_layout(settings).snapshots, settings, federation) as versions:
            app.versions = versions
            app.prepared = Prepared(versions.folder, settings)
            app.changes = ChangesDesk(versions.folder, settings)
            # All that there is now stays: to look through it for garbage takes as long as hundreds of small queries.
            gc.freeze()
            yield
            await app.prepared.close()
            await app.changes.close()

    app = Application(
        title="citydip",
        version=__version__,
        summary="An open knowledge graph of city diplomacy.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        # A redirect would name this server's own address and path, which are not those that clients use.
        redirect_slashes=False,
        servers=[{"url": settings.public_url.rstrip("/")}] if settings.public_url else None,
        lifespan=lifespan,
    )
    app.budget = Budget(settings.budget)
    app.answers = Answers(settings.cache << 20)
    app.include_router(sparql.router)
    app.include_router(metrics_router(observations))
    app.include_router(descriptions.router)
    app.include_router(pages.router)
    app.include_router(searching.router)
    app.include_router(stable.router)
    app.include_router(draft.router)
    app.include_router(browsing.router)
    app.include_router(changes.router)
    app.include_router(codebook.router)
    app.include_router(editor.router)
    app.include_router(linked.router)
    app.include_router(exporting.router)
    app.include_router(machines.router)
    app.include_router(wikidata.router)
    app.include_router(networks.router)
    app.include_router(asking.router)
    add_document(app, settings)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_exception_handler(CitydipError, answer_problem)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(ClientDisconnect, answer_gone)
    app.add_exception_handler(Exception, answer_unexpected)
    for form in FORMATS:
        add_compress_type(form.media_type)
    app.begin(sparql.endpoint, observations)
    return app
