"""Measuring in a process of its own, which its deadline kills.

The process reads a request as JSON from its standard input and writes the result as JSON to its standard output:

    python -m citydip.services.networks.computing MEMORY
"""

import asyncio
import json
import sys
from typing import Any

from citydip.curation.networks.links import Links
from citydip.engine.worker import confine
from citydip.model.errors import CitydipError, ParameterError, QueryCrashError, QueryMemoryError, QueryTimeoutError

__all__ = ["main", "measure", "measure_apart"]

_MEMORY_GONE = 3
"""The status with which the process ends when it has no memory left."""
_FILES = 64


def measure(request: dict[str, Any]) -> Any:
    """Return what is asked of a network.

    Args:
        request: ``what`` (``stats``, ``rank``, ``communities`` or ``nodes``), the network, and ``by`` for a rank.

    Raises:
        ParameterError: there is no such measure.
    """
    from citydip.curation.networks import measures  # noqa: PLC0415 - igraph takes its time to import

    links = Links(request["names"], [(a, b) for a, b in request["pairs"]], request["weights"], request["loops"])
    if request["what"] == "rank":
        return measures.rank(links, request["by"])
    whole = {"stats": measures.stats, "communities": measures.communities, "nodes": measures.of_nodes}
    return whole[request["what"]](links)


async def measure_apart(what: str, links: Links, *, by: str = "", seconds: float, memory: int) -> Any:
    """Return what is asked of a network, measured in a process that is killed at its deadline.

    Args:
        what: ``stats``, ``rank``, ``communities`` or ``nodes``.
        links: the network.
        by: what to rank by.
        seconds: how long it may take.
        memory: mebibytes that it may take.

    Raises:
        ParameterError: there is no such measure.
        QueryTimeoutError: it took too long.
        QueryMemoryError: it took too much memory.
        QueryCrashError: the process ended for an unknown reason.
    """
    request = {
        "what": what,
        "by": by,
        "names": links.names,
        "pairs": links.pairs,
        "weights": links.weights,
        "loops": links.loops,
    }
    text = await asyncio.to_thread(lambda: json.dumps(request).encode())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "citydip.services.networks.computing", str(memory)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            result, _ = await process.communicate(text)
    except TimeoutError:
        raise QueryTimeoutError(
            f"the measures were not there after {seconds:g} s; choose fewer ties, by country or grade"
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == _MEMORY_GONE:
        raise QueryMemoryError(f"the measures need more than {memory} MiB; choose fewer ties, by country or grade")
    if process.returncode:
        raise QueryCrashError("the process that measured the network has ended; try again")
    answer = json.loads(result)
    if "error" in answer:
        raise ParameterError(answer["error"])
    return answer["result"]


def main(memory: int) -> None:
    """Read a request, measure, and write the result.

    Args:
        memory: mebibytes that it may take.
    """
    # It imports what it needs, and is sent nothing but names and numbers.
    confine(memory, _FILES)
    try:
        answer = {"result": measure(json.loads(sys.stdin.buffer.read()))}
    except CitydipError as error:
        answer = {"error": str(error)}
    except MemoryError:
        sys.exit(_MEMORY_GONE)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]))
