"""The one table of settings: name, type, default and help, shared by command line, environment and docs.

Example:
    >>> read_settings({"CITYDIP_PORT": "9000"}).port
    9000
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from citydip.model.errors import ParameterError

__all__ = ["SETTINGS", "Setting", "Settings", "read_settings"]


_KINDS = {str: "a text", int: "a whole number", float: "a number"}


def _setting(default: object, help_text: str, *, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"help": help_text, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set. Times are in seconds, sizes in mebibytes."""

    root: str = _setting(
        "", "Folder with ontology, shapes, data and queries; empty: the checkout or the package's own."
    )
    snapshots: str = _setting(
        "", "Folder of snapshots; empty: `snapshots` in the root, or the user's cache for the package's own graph."
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(7878, "Port to listen on; 0 takes a free one.", low=0, high=65535)
    public_url: str = _setting("", "Address under which clients reach the service; empty: taken from each request.")
    workers: int = _setting(4, "Worker processes that run queries side by side.", low=1, high=64)
    queue: int = _setting(64, "Queries that may wait for a worker before new ones are refused.", low=0, high=10000)
    timeout: float = _setting(30.0, "Longest time a query may run.", low=0.05, high=3600)
    memory: int = _setting(2048, "Memory that a query may take beyond the loaded graph.", low=64, high=1048576)
    budget: float = _setting(0.0, "Seconds of query time a minute for each client; 0: no limit.", low=0, high=1e6)
    access_log: str = _setting("", "Where a line of JSON for each request goes: `-` is standard error; empty: nowhere.")
    watch: float = _setting(2.0, "Seconds between looks for a new snapshot to swap to; 0: never.", low=0, high=3600)
    versions: int = _setting(2, "Older versions that may be open at once (`/version/<v>/sparql`).", low=0, high=64)
    operator_token: str = _setting("", "Token that lists running queries; empty: nobody can list them.")
    rows: int = _setting(2_000_000, "Rows or triples after which an answer is cut, and says so.", low=1, high=10**12)
    size: int = _setting(512, "Size after which an answer is cut, and says so.", low=1, high=1048576)
    cache: int = _setting(64, "Memory for answers kept for who asks the same again; 0: none.", low=0, high=65536)
    query_length: int = _setting(256, "Longest query text, in kibibytes.", low=1, high=16384)
    services: str = _setting(
        "", "Addresses that a query may name with SERVICE, with commas between; empty: SERVICE is refused."
    )
    service_private: int = _setting(
        0, "1: services may be in a private network, or on this machine; 0: on public addresses only.", low=0, high=1
    )
    service_timeout: float = _setting(10.0, "Longest time that a service may take to answer.", low=0.05, high=3600)
    service_size: int = _setting(4, "Largest answer of a service.", low=1, high=16)
    service_rows: int = _setting(10000, "Most rows that a service may answer with.", low=1, high=100000)
    service_cache: float = _setting(
        300.0, "How long the answer of a service may be used again; 0: not at all.", low=0, high=86400
    )
    rewrites_off: str = _setting(
        "", "Rules that are not to rewrite queries, with commas between (see Rewrites); `all` is every one."
    )
    store: str = _setting(
        "",
        "SPARQL endpoint that holds the snapshot's data and answers queries (`{version}` in it is the version); "
        "empty: the embedded store.",
    )
    imported: int = _setting(
        1, "1: a build takes in the imported data sets of `data/world`; 0: only what is curated by hand.", low=0, high=1
    )
    search_timeout: float = _setting(2.0, "Longest time that a search may take, waiting included.", low=0.05, high=60)
    reconcile_batch: int = _setting(200, "Most rows that a request may ask to be matched.", low=1, high=1000)
    reconcile_timeout: float = _setting(
        20.0, "Longest time that matching the rows of a request may take.", low=0.05, high=600
    )
    wikidata: int = _setting(
        1, "1: the Wikidata view is served, and loaded when somebody first asks it; 0: it is not.", low=0, high=1
    )
    exports: str = _setting(
        "", "Folder for exports and compared versions; empty: `exports` in the folder of snapshots."
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table.

    Args:
        name: as in `Settings`.
        kind: str, int or float.
        default: value where nothing is set.
        help: one sentence.
        low: least value, for numbers.
        high: greatest value, for numbers.
    """

    name: str
    kind: type
    default: str | int | float
    help: str
    low: float | None
    high: float | None

    @property
    def variable(self) -> str:
        """Return the name of the environment variable."""
        return "CITYDIP_" + self.name.upper()

    @property
    def flag(self) -> str:
        """Return the name of the command-line option."""
        return "--" + self.name.replace("_", "-")

    def read(self, value: str | float) -> str | int | float:
        """Return the value in its type.

        Raises:
            ParameterError: the value is not of the type or out of bounds; the message says which are allowed.
        """
        try:
            got: str | int | float = self.kind(value)
        except ValueError:
            raise ParameterError(f"{self.variable} must be {_KINDS[self.kind]}, not {value!r}") from None
        if self.low is not None and self.high is not None and not self.low <= float(got) <= self.high:
            raise ParameterError(f"{self.variable} must lie between {self.low} and {self.high}, not {value!r}")
        return got


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(
        f.name,
        type(f.default),
        cast("str | int | float", f.default),
        f.metadata["help"],
        f.metadata["low"],
        f.metadata["high"],
    )
    for f in fields(Settings)
)


def read_settings(environment: Mapping[str, str], **given: str | float | None) -> Settings:
    """Return the settings: what is given first, then the environment, then the defaults.

    Args:
        environment: variables such as ``CITYDIP_PORT``.
        **given: values by name; None means not given.

    Raises:
        ParameterError: a value does not fit its setting.

    Example:
        >>> read_settings({}, port=0).port
        0
    """
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        value = given.get(setting.name)
        if value is None:
            value = environment.get(setting.variable)
        if value is not None:
            values[setting.name] = setting.read(value)
    return Settings(**values)
