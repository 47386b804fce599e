"""The floors of the house: who may import whom, and what importing does."""

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "citydip"
MODULES = sorted(SOURCE.rglob("*.py"))
# What each package may import of citydip and of the outside; the standard library is open to all.
OURS = {
    "model": {"model"},
    "curation": {"model", "curation"},
    "engine": {"model", "engine"},
    "services": {"model", "curation", "engine", "services"},
    "cli": {"model", "curation", "engine", "services", "cli"},
    "web": {"model", "curation", "engine", "services", "web"},
}
OUTSIDE = {
    "model": {"rdflib", "jdatetime", "convertdate"},
    "curation": {"rdflib", "pyshacl", "pyoxigraph", "platformdirs", "babel", "igraph", "numpy", "SPARQLWrapper"},
    "engine": {"numpy", "pyoxigraph", "SPARQLWrapper"},
    "services": {
        "httpx",
        "igraph",
        "pyarrow",
        "pyoxigraph",
        "rapidfuzz",
        "rdflib",
        "resvg_py",
        "xlsxwriter",
        "zstandard",
    },
    "cli": {"typer", "rich", "uvicorn", "uvloop"},
    "web": {"fastapi", "starlette", "starlette_compress", "jinja2", "markupsafe", "prometheus_client"},
}
# Functions that are reached by a command or a route and not by their name.
FACES = {
    "browsing.py": {"browse", "cities", "graphs", "things"},
    "changes.py": {"changes"},
    "changing.py": {"Form", "changes"},
    "citing.py": {"Form", "cite"},
    "codebook.py": {"concepts", "ontology", "ontology_data", "properties", "term"},
    "editor.py": {"example", "terms"},
    "descriptions.py": {"direct", "indirect"},
    "exporting.py": {"context", "export", "exports", "frame", "sums"},
    "linked.py": {"citation", "data", "document", "page", "thing"},
    "machines.py": {"dcat", "dcat_data", "llms", "robots", "sitemap", "sitemap_of_kind", "void"},
    "main.py": {"ReportFormat", "anchor", "build", "check", "fmt", "queries", "query", "serve"},
    "stable.py": {"about", "ask", "flyout", "preview", "propose", "service", "suggest"},
    "draft.py": {
        "draft_extend",
        "draft_match",
        "draft_preview",
        "draft_propose",
        "draft_service",
        "draft_suggest",
    },
    "networking.py": {"Form", "communities", "figure", "publish", "rank", "stats"},
    "networks.py": {"communities", "figure", "network", "rank", "stats"},
    "searching.py": {"find", "suggest"},
    "asking.py": {"ask", "queries"},
    "pages.py": {"front", "live", "ready"},
    "sparql.py": {"endpoint", "running", "stop"},
    "wikidata.py": {"endpoint", "entity", "entity_data"},
}


def package(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def imports(path: Path) -> set[str]:
    """Return the names of all modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found.add(node.module or "")
            if node.module == "citydip":
                found |= {f"citydip.{alias.name}" for alias in node.names if alias.name != "__version__"}
    return found


@pytest.mark.parametrize("path", [p for p in MODULES if package(p)], ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_imports_only_from_its_floor_and_below(path: Path) -> None:
    floor = package(path)
    for name in imports(path):
        top = name.split(".")[0]
        if top == "citydip":
            inner = name.split(".")[1] if "." in name else ""
            assert inner in OURS[floor] | {""}, f"{floor} may not import {name}"
        elif top not in sys.stdlib_module_names:
            assert top in OUTSIDE[floor], f"{floor} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_is_short_and_its_functions_are_shorter(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 450
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 70, f"{node.name} is long"


@pytest.mark.parametrize("path", [p for p in MODULES if package(p)], ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_names_what_is_public_and_documents_it(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    defined = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    named: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            named = set(ast.literal_eval(node.value))
    if path.name != "__init__.py":
        assert named, "no __all__"
    public = {name for name in defined if not name.startswith("_")}
    assert public - named - FACES.get(path.name, set()) == set()
    assert all(ast.get_docstring(defined[name]) for name in public)


def pieces(node: ast.AST) -> list[str]:
    """Return the constant texts that an expression joins with something else."""
    if isinstance(node, ast.JoinedStr):
        joined = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
        # A namespace of our own may stand in a PREFIX line; nothing that a user gives may.
        if all(isinstance(value, ast.Name) and value.id in ("CD", "OA") for value in joined):
            return []
        parts: list[ast.expr] = list(node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        parts = [node.left, node.right]
    elif (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "replace")
    ):
        parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    else:
        return []
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_query_is_put_together_from_pieces(path: Path) -> None:
    beginnings = [f"{word} {sign}" for word in ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK", "WHERE") for sign in "?{*"]
    for node in ast.walk(ast.parse(path.read_text())):
        for text in pieces(node):
            assert not any(beginning in text for beginning in beginnings), text


READING = {"environ", "getenv", "read_text", "read_bytes", "open", "connect", "run", "Popen"}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name != "__main__.py"], ids=lambda p: str(p.relative_to(SOURCE))
)
def test_importing_a_module_reads_no_file_environment_or_network(path: Path) -> None:
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If):
            continue
        names = {n.attr for n in ast.walk(statement) if isinstance(n, ast.Attribute)}
        names |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        assert not names & READING
