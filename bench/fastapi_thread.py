"""A peer: the small server that one would write in an afternoon, FastAPI that calls pyoxigraph in a thread.

python bench/fastapi_thread.py DATA PORT
"""

import sys
from typing import Annotated

import pyoxigraph as ox
import uvicorn
from fastapi import FastAPI, Form
from fastapi.responses import Response

store = ox.Store()
app = FastAPI()


def run(query: str) -> Response:
    """Return the answer to a query, in JSON or N-Triples."""
    result = store.query(query, use_default_graph_as_union=True)
    if isinstance(result, ox.QueryTriples):
        return Response(result.serialize(format=ox.RdfFormat.N_TRIPLES), media_type="application/n-triples")
    return Response(result.serialize(format=ox.QueryResultsFormat.JSON), media_type="application/sparql-results+json")


@app.get("/sparql")
def get(query: str) -> Response:
    """Answer a query of the address; FastAPI calls this in a thread."""
    return run(query)


@app.post("/sparql")
def post(query: Annotated[str, Form()]) -> Response:
    """Answer a query of a form."""
    return run(query)


if __name__ == "__main__":
    store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False)
