"""The files for operators hold together: what they copy is there, what they allow suffices, limits add up.

There is no container engine where tests run: the Dockerfile and the compose file are parsed, and the parts of them that
need no engine are run as they stand.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from citydip.curation.layout import Layout, find_layout
from citydip.curation.snapshot import Snapshot
from citydip.engine.worker import MOST_COPIED
from citydip.model.settings import SETTINGS, Settings, read_settings
from tests.conftest import ROOT
from tests.web.conftest import serving

DEPLOY = ROOT / "deploy"
VARIABLES = {setting.variable for setting in SETTINGS}
# Mebibytes of the process that answers and what it keeps. Measured: 100, and 64 for answers.
BASE = 512
# Mebibytes of all three files of the whole graph when they are loaded; a test of the whole graph holds it to that.
GRAPH = 2304


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with its arguments in one line."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def stages() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage."""
    found: list[list[tuple[str, str]]] = []
    for name, arguments in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, arguments))
    return found


def copied() -> list[str]:
    """Return what is copied from the repository."""
    names: list[str] = []
    for name, arguments in instructions():
        if name == "COPY" and "--from" not in arguments:
            names += arguments.split()[:-1]
    return names


def ignored(path: str) -> bool:
    """Return whether .dockerignore keeps a path out: the last pattern that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        parents = [path, *(str(parent) for parent in Path(path).parents)]
        if any(fnmatch(p, pattern) or fnmatch("/" + p, pattern.replace("**", "*")) for p in parents):
            out = not line.startswith("!")
    return out


def compose() -> dict[str, object]:
    services: dict[str, dict[str, object]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert list(services) == ["citydip"]
    return services["citydip"]


def unit() -> list[tuple[str, str]]:
    """Return the settings of the unit, in their order."""
    lines = (DEPLOY / "citydip.service").read_text().splitlines()
    return [(line.partition("=")[0], line.partition("=")[2]) for line in lines if re.match(r"[A-Za-z]+=", line)]


def mebibytes(text: str) -> int:
    assert text[-1] in "mM"
    return int(text[:-1])


def most(settings: Settings) -> int:
    """Return the mebibytes that the service takes when every query that may run takes all that it may."""
    waiting = settings.workers * len(("union", "named graphs", "view")) * (MOST_COPIED >> 20)
    running = 2 * settings.workers * (settings.memory + GRAPH // 2)
    return (1 + settings.versions) * (GRAPH + waiting) + running + BASE


def test_the_image_is_made_of_what_is_there_and_not_left_out() -> None:
    assert copied()
    for name in copied():
        assert (ROOT / name).exists(), name
        assert not ignored(name), name
    assert not ignored("src/citydip/web/app.py")


@pytest.mark.parametrize(
    "path",
    [".git/config", ".env", "snapshots/current", ".venv/bin/python", "src/citydip/__pycache__/x.pyc", "tests/x.py"],
)
def test_what_the_package_is_not_made_of_stays_out_of_the_image(path: str) -> None:
    assert ignored(path)


def test_what_is_copied_makes_the_package(tmp_path: Path) -> None:
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    # As the Dockerfile does it, but for the place.
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    command += ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path / "wheels"), "."]
    subprocess.run(command, cwd=tmp_path, check=True)
    target = tmp_path / "installed"
    wheel = next((tmp_path / "wheels").glob("citydip-*.whl"))
    shutil.unpack_archive(wheel, target, "zip")
    here = Layout(ROOT, tmp_path)
    there = Layout(target / "citydip" / "graph", tmp_path)
    assert [there.relative(path) for path in there.turtle_files()] == [here.relative(p) for p in here.turtle_files()]


def test_the_image_installs_only_what_has_a_known_digest() -> None:
    build, final = stages()
    commands = [arguments for name, arguments in build if name == "RUN"]
    installing = [
        part for command in commands for part in command.split("&&") if "pip" in part and "venv --" not in part
    ]
    assert len(installing) == 4
    for command in installing:
        assert ("--require-hashes" in command and "-r requirements.txt" in command) or "--no-index" in command, command
    assert [arguments for name, arguments in final if name == "RUN"] == []


def test_the_image_begins_with_a_python_that_the_package_supports() -> None:
    bases = [stage[0][1].split()[0] for stage in stages()]
    assert set(bases) == {"python:3.12-slim"}
    assert "Programming Language :: Python :: 3.12" in (ROOT / "pyproject.toml").read_text()


def test_the_container_is_not_root_and_serves_as_documented() -> None:
    final = stages()[-1]
    values = {name: arguments for name, arguments in final if name != "COPY"}
    user = values["USER"].split(":")
    assert all(int(part) >= 1000 for part in user)
    assert [name for name, _ in final].index("USER") > [name for name, _ in final].index("COPY")
    assert values["EXPOSE"] == str(read_settings({}).port)
    assert json.loads(values["ENTRYPOINT"]) + json.loads(values["CMD"]) == ["citydip", "serve", "--host", "0.0.0.0"]
    assert set(re.findall(r"CITYDIP_[A-Z_]+", values["ENV"])) <= VARIABLES


def health(port: str) -> int:
    """Run the health check of the Dockerfile, with a proxy set that must not be asked."""
    arguments = next(arguments for name, arguments in instructions() if name == "HEALTHCHECK")
    command = json.loads(arguments.partition(" CMD ")[2])
    assert command[0] == "python"
    environment = {**os.environ, "CITYDIP_PORT": port, "http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    command[0] = sys.executable
    return subprocess.run(command, check=False, env=environment, capture_output=True).returncode


def test_the_health_check_sees_a_service_that_is_ready(snapshot: Snapshot) -> None:
    with serving(snapshot.path.parent, "--workers", "1") as address:
        assert health(address.rpartition(":")[2]) == 0


def test_the_health_check_sees_that_nothing_is_there() -> None:
    assert health("9") != 0


def test_a_user_without_a_home_can_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(name: str) -> Path:
        raise RuntimeError("could not determine the home directory")

    (tmp_path / "graph" / "ontology").mkdir(parents=True)
    (tmp_path / "graph" / "ontology" / "citydip.ttl").touch()
    monkeypatch.setattr("citydip.curation.layout._PACKAGE", tmp_path)
    monkeypatch.setattr("citydip.curation.layout.user_cache_path", no_home)
    layout = find_layout(read_settings({"CITYDIP_SNAPSHOTS": str(tmp_path / "snapshots")}))
    assert (layout.root, layout.snapshots) == (tmp_path / "graph", tmp_path / "snapshots")


def test_compose_takes_every_right_that_is_not_needed() -> None:
    service = compose()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ports"] == [f"127.0.0.1:{read_settings({}).port}:{read_settings({}).port}"]
    assert str(service["tmpfs"]).startswith("['/tmp:")
    build = service["build"]
    assert isinstance(build, dict)
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_the_limits_of_the_container_add_up() -> None:
    service = compose()
    environment = service["environment"]
    assert isinstance(environment, dict)
    assert {name for name in environment if name.startswith("CITYDIP_")} <= VARIABLES
    settings = read_settings({name: value for name, value in environment.items() if not value.startswith("$")})
    assert mebibytes(str(service["mem_limit"])) >= most(settings)
    assert service["memswap_limit"] == service["mem_limit"]
    assert int(str(service["stop_grace_period"]).removesuffix("s")) > settings.timeout + 5


def test_the_limits_of_the_unit_add_up() -> None:
    environment = dict(value.split("=", 1) for name, value in unit() if name == "Environment")
    assert {name for name in environment if name.startswith("CITYDIP_")} <= VARIABLES
    settings = read_settings(environment)
    values = dict(unit())
    assert mebibytes(values["MemoryMax"]) >= most(settings)
    assert int(values["TimeoutStopSec"]) > settings.timeout + 5


def test_the_unit_takes_every_right_that_is_not_needed() -> None:
    values = dict(unit())
    for name, value in {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "Restart": "on-failure",
        # Without these two, ending one query or asking the service to end would end all queries.
        "OOMPolicy": "continue",
        "KillMode": "mixed",
    }.items():
        assert values[name] == value


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "citydip.service").read_text()
    assert text.count("ExecStart=/srv/citydip/venv/bin/citydip ") == 1
    path = tmp_path / "citydip.service"
    path.write_text(text.replace("/srv/citydip/venv/bin/citydip", sys.executable))
    checked = subprocess.run(["systemd-analyze", "verify", str(path)], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_proxies_agree_on_path_and_replicas(name: str) -> None:
    text = (DEPLOY / name).read_text()
    for words in ("--public-url https://example.org/citydip", "/citydip/", "127.0.0.1:7878", "127.0.0.1:7879"):
        assert words in text
    problems = [json.loads(found) for found in re.findall(r"\{\"type\".*?\}", text)]
    assert problems
    for problem in problems:
        assert set(problem) == {"type", "title", "status", "detail"}


def test_nothing_for_operators_names_a_place_of_this_machine_or_a_registry() -> None:
    for path in [*DEPLOY.iterdir(), ROOT / "docs" / "how-to" / "deploy.md"]:
        text = path.read_text()
        assert not re.search(r"index-url|docker\.io|ghcr\.|pypi|/(work|root|opt)/", text), path
