"""Hostile requests against a real server with narrow limits, each with the answer that is right for it.

After each of them the server must answer a small query at once; at the end nothing may be left behind: no process, no
open file, no memory, no traceback, and nobody may have been connected to.
"""

import contextlib
import gzip
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from citydip.curation.snapshot import Snapshot
from tests.web.hostile import (
    BROKEN,
    PORT,
    Answer,
    Watched,
    connect,
    get,
    head,
    in_address,
    post,
    receive,
    sparql,
    watching,
)

LIMIT = (504, 507)
"""A query that takes much time and much memory: which limit it meets first is the machine's affair."""
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
TURTLE = "Accept: text/turtle"
HTML = "Accept: text/html"
N = 10_000
ASK = in_address("ASK {}")
THERE = f"http://127.0.0.1:{PORT}/"
"""An address where somebody listens, and nobody may come."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request and what must come back.

    Args:
        name: what it tries.
        request: its bytes.
        status: the status that is right, or those that are.
        words: what the answer must hold.
        without: what it must not hold.
    """

    name: str
    request: bytes
    status: int | tuple[int, ...]
    words: str = ""
    without: str = "Traceback"


def refused(words: str, queries: Iterable[tuple[str, str | bytes]], status: int = 400) -> list[Case]:
    return [Case(name, sparql(query), status, words) for name, query in queries]


def endless(status: int | tuple[int, ...], queries: Iterable[tuple[str, str]], timeout: str = "0.4") -> list[Case]:
    return [Case(name, sparql(query, timeout=timeout), status) for name, query in queries]


MALFORMED = [
    *refused(
        "is not closed",
        [
            ("a string without end", "ASK { ?s ?p 'abc }"),
            ("a string in two quotes without end", 'ASK { ?s ?p "abc }'),
            ("a string over two lines", "ASK { ?s ?p 'a\nb' }"),
            ("a long string without end", 'ASK { ?s ?p """abc" }'),
            ("a long string that its escapes keep open", "ASK { ?s ?p '''abc\\''' }"),
            ("an escape that there is not", "ASK { ?s ?p 'a\\d' }"),
            ("an escape that is cut off", "ASK { ?s ?p '\\u00' }"),
            ("a backslash before each of 100,000 quotes", "\\'" * 100_000),
            ("100,000 long strings that begin", "\\'''a'" * 40_000),
        ],
    ),
    *refused(
        "query-syntax",
        [
            ("an IRI without end", "ASK { ?s <http://x/ ?o }"),
            ("an IRI with a space", "ASK { <http://a b> ?p ?o }"),
            ("an IRI with a brace", "ASK { <http://a{b}> ?p ?o }"),
            ("a comment without end", "SELECT * # {"),
            ("nothing but a comment", "# nothing"),
            ("a brace too few", "SELECT * { ?s ?p ?o"),
            ("a brace too many", "ASK {} }"),
            ("a bracket of another kind", "ASK { ( }"),
            ("signs at random", "}{)(<<>>?$@^^|"),
            ("a NUL", "ASK {\0}"),
            ("a byte order mark before", "\ufeffASK {}"),
            ("a byte order mark within", "ASK {\ufeff}"),
            ("a surrogate as an escape", "ASK { ?s ?p '\\uD800' }"),
            ("a code point that there is not", "ASK { ?s ?p '\\U00110000' }"),
            ("a keyword in escapes", "\\u0041SK {}"),
            ("a limit of 26 digits", "SELECT * {} LIMIT 99999999999999999999999999"),
            ("a limit below nothing", "SELECT * {} LIMIT -1"),
            ("a prefix that nobody declared", "ASK { ?s nobody:declared ?o }"),
            ("a language of 100,000 letters", f"SELECT ('a'@{'a' * 100_000} AS ?x) {{}}"),
            ("100,000 words with hyphens", "a-" * 100_000),
            ("100,000 words with full stops", "a." * 100_000),
            ("100,000 letters that are not ASCII", "é" * 100_000),
            ("100,000 angle brackets", "<a" * 100_000),
            ("a variable out of scope", "SELECT ?x (COUNT(*) AS ?n) {}"),
            ("an aggregate in a filter", "SELECT * { FILTER(COUNT(*) > 1) }"),
        ],
    ),
    *refused(
        "is not UTF-8", [("bytes that are not UTF-8", b"ASK { ?s ?p '\xff' }"), ("UTF-16", "ASK".encode("utf-16"))]
    ),
    *refused("is not UTF-8", [("an overlong form", b"ASK { '\xc0\xaf' }"), ("a surrogate", b"ASK { '\xed\xa0\x80' }")]),
    *refused("is empty", [("nothing", ""), ("white space", " \t\r\n"), ("a space that is not ASCII", "\u00a0")]),
    *refused("is longer than", [("300,000 bytes", "ASK {} #" + "a" * 300_000)]),
    *refused("cannot be answered", [("a function that there is not", "SELECT (<http://x/f>(1) AS ?x) {}")]),
    *refused("cannot be read", [("a form that runs into a name", "DESCRIBEcity:tehran")]),
]

ODD = [
    # Nothing here is wrong; it is only more than anybody writes.
    *refused(
        "",
        [
            ("a NUL in a string", "ASK { ?s ?p 'a\0b' }"),
            ("a NUL as an escape", "SELECT ('\\u0000' AS ?x) {}"),
            ("a number of 100,000 digits", f"ASK {{ FILTER({'9' * 100_000} > 1) }}"),
            ("a product out of bounds", "SELECT (9999999999999999999 * 9999999999999999999 AS ?x) {}"),
            ("an exponent out of bounds", "SELECT (1e999999999 AS ?x) {}"),
            ("the least integer over -1", "SELECT (-9223372036854775808 / -1 AS ?x) {}"),
            ("a sum out of bounds", "SELECT (SUM(?x) AS ?n) { VALUES ?x { 9223372036854775807 9223372036854775807 } }"),
            ("a division by nothing", "SELECT (1/0 AS ?x) (1.0e0/0 AS ?y) {}"),
            ("a part of a string out of bounds", "SELECT (SUBSTR('é', -9223372036854775808, 1e308) AS ?x) {}"),
            ("a date out of bounds", "SELECT (YEAR('999999999999-01-01T00:00:00Z'^^xsd:dateTime) AS ?x) {}"),
            ("a duration out of bounds", "SELECT (-'-P9223372036854775808M'^^xsd:yearMonthDuration AS ?x) {}"),
            ("a cast out of bounds", "SELECT (xsd:integer(1e300) AS ?x) (xsd:decimal('INF'^^xsd:double) AS ?y) {}"),
            ("a pattern that is none", "SELECT (REGEX('a', '(') AS ?x) {}"),
            ("a pattern of a billion states", "SELECT (REGEX('a', '((a{1000}){1000}){1000}') AS ?x) {}"),
            ("an offset beyond the end", "SELECT * { ?s ?p ?o } OFFSET 18446744073709551615"),
            ("a variable of 100,000 letters", f"SELECT ?{'a' * 100_000} {{ ?s ?p ?o }} LIMIT 1"),
            ("an IRI of 100,000 letters", f"ASK {{ <http://x/{'a' * 100_000}> ?p ?o }}"),
            ("a string of 200,000 letters", f"SELECT ('{'a' * 200_000}' AS ?x) {{}}"),
            ("10,000 prefixes", "".join(f"PREFIX p{i}: <x:{i}>" for i in range(N)) + "ASK {}"),
            ("10,000 variables", f"SELECT {' '.join(f'?v{i}' for i in range(N))} {{ ?s ?p ?o }} LIMIT 1"),
            ("50,000 rows of values", f"SELECT * {{ VALUES ?x {{ {'1 ' * 50_000} }} }}"),
            ("10,000 excluded properties", f"ASK {{ ?s !({'|'.join(['a'] * N)}) ?o }}"),
            ("keywords without spaces", "SELECT*FROMNAMED<x:g>WHERE{{?s ?p ?o}UNION{?s ?p ?o}}LIMIT 1"),
            ("a triple in a triple", "SELECT (TRIPLE(<a:a>, <a:b>, TRIPLE(<a:a>, <a:b>, 'x')) AS ?t) {}"),
            ("IRIs from strings that are none", "SELECT (IRI('not an iri \\n') AS ?a) (BNODE('a b\\n') AS ?b) {}"),
        ],
        status=200,
    ),
    Case("a page of 10,000 columns", sparql(f"SELECT {' '.join(f'?v{i}' for i in range(N))} {{}}", format="html"), 200),
]

NESTED = [
    *refused(
        "nested more than 100 deep",
        [
            ("10,000 braces", "ASK " + "{" * N + "}" * N),
            ("10,000 braces that stay open", "ASK " + "{" * N),
            ("10,000 parentheses", f"SELECT ({'(' * N}1{')' * N} AS ?x) {{}}"),
            ("10,000 parentheses in a filter", f"ASK {{ FILTER {'(' * N}1{')' * N} }}"),
            ("10,000 OPTIONAL", "SELECT * " + "{ OPTIONAL " * N + "{}" + "}" * N),
            ("10,000 UNION", "SELECT * { " + "{} UNION {" * N + "}" * N + "}"),
            ("10,000 MINUS", "ASK { " + "MINUS { " * N + "}" * N + "}"),
            ("10,000 GRAPH", "ASK { " + "GRAPH ?g { " * N + "}" * N + "}"),
            ("10,000 FILTER EXISTS", "ASK { " + "FILTER EXISTS { " * N + "}" * N + "}"),
            ("10,000 sub-selects", "SELECT * " + "{ SELECT * " * N + "{}" + "}" * N),
            ("10,000 paths", f"ASK {{ ?s {'(' * N}a{')*' * N} ?o }}"),
            ("10,000 functions", f"SELECT ({'STR(' * N}1{')' * N} AS ?x) {{}}"),
            ("10,000 conditions", f"SELECT ({'IF(1,1,' * N}1{')' * N} AS ?x) {{}}"),
            ("10,000 lists", f"ASK {{ ?s ?p {'(' * N}{')' * N} }}"),
            ("10,000 blank nodes", f"ASK {{ ?s ?p {'[ a ' * N}1{']' * N} }}"),
            ("10,000 triple terms", f"ASK {{ {'<<( ?s ?p ' * N}?o{' )>>' * N} ?p ?o }}"),
        ],
    ),
    Case("99 braces", sparql("ASK " + "{" * 99 + "}" * 99), 200),
    # Without brackets there is nothing to count; the engine's stack ends, and the worker with it.
    *refused(
        "query-memory",
        [
            ("10,000 negations", f"ASK {{ FILTER({'!' * N}1) }}"),
            ("10,000 sums", f"SELECT ({'+'.join(['1'] * N)} AS ?x) {{}}"),
            ("10,000 conjunctions", f"ASK {{ FILTER({'&&'.join(['1'] * N)}) }}"),
            ("10,000 UNION in a row", f"SELECT * {{ {' UNION '.join(['{}'] * N)} }}"),
            ("10,000 OPTIONAL in a row", f"SELECT * {{ {'OPTIONAL { ?s ?p ?o } ' * N} }}"),
            ("10,000 FILTER in a row", f"ASK {{ {'FILTER(1) ' * N} }}"),
            ("10,000 steps of a path", f"ASK {{ ?s {'/'.join(['a'] * N)} ?o }}"),
            ("10,000 patterns", f"ASK {{ {'?s ?p ?o . ' * N} }}"),
            (
                "10,000 expressions to group by",
                f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY {' '.join(f'(?s+{i})' for i in range(N))}",
            ),
        ],
        status=507,
    ),
]

FOUR = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
ANY = "!<x:y>"
ENDLESS = [
    *endless(
        504,
        [
            ("a count of a product", f"SELECT (COUNT(*) AS ?n) {{ {FOUR} }}"),
            ("a question of a product", f"ASK {{ {FOUR} FILTER(?a = ?l && ?a != ?l) }}"),
            ("a product past its millions", f"SELECT * {{ {FOUR} }} OFFSET 9000000000000000000 LIMIT 1"),
            ("a description of a product", f"DESCRIBE ?a ?d {{ {FOUR} }}"),
            ("a path through everything and back", f"SELECT (COUNT(*) AS ?n) {{ ?a ({ANY}|^{ANY})+ ?b }}"),
            ("paths in paths in paths", f"SELECT (COUNT(*) AS ?n) {{ ?a (({ANY})*/(^{ANY})*)* ?b }}"),
            ("a path that may be nothing", f"SELECT (COUNT(*) AS ?n) {{ ?a (((({ANY})?)?)?)* ?b }}"),
            ("a pattern for each pair", "ASK { ?s ?p ?o . ?a ?b ?c FILTER REGEX(STR(?o), CONCAT('(.*)*!', STR(?c))) }"),
            ("a pattern of patterns", "ASK { ?a ?b ?c . ?d ?e ?f FILTER REGEX(CONCAT(?c, ?f), '(.+.+)+!!$') }"),
            ("a pattern of many states", "ASK { ?s ?p ?o . ?a ?b ?c FILTER REGEX(STR(?o), '(.{0,999}){9}!!$') }"),
            ("sums over a product", f"SELECT ?a (COUNT(DISTINCT ?l) AS ?n) {{ {FOUR} }} GROUP BY ?a"),
            ("a sample of a product", f"SELECT (SAMPLE(?a) AS ?n) {{ {FOUR} }}"),
            ("what is not there, for each pair", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f MINUS { ?a ?x ?y } }"),
            ("products side by side", f"SELECT (COUNT(*) AS ?n) {{ {{ {FOUR} }} UNION {{ {FOUR} }} }}"),
            ("2,000 steps", f"SELECT * {{ {' '.join(f'?s{i} a ?s{i + 1} .' for i in range(2000))} }} LIMIT 1"),
            ("40,000 values, each tried", f"ASK {{ ?s ?p ?o FILTER(STR(?o) IN ({','.join(['?s'] * 40_000)})) }}"),
            ("values to the ninth power", "SELECT (COUNT(*) AS ?n) { "
             + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(100)))} }}" for i in range(9)) + " }"),
        ],
    ),
    *endless(
        BROKEN,
        [
            ("rows of a product", f"SELECT * {{ {FOUR} }}"),
            ("triples of a product", f"CONSTRUCT {{ ?a ?b ?l }} {{ {FOUR} }}"),
        ],
        timeout="1.5",
    ),
    Case("a page of a product", sparql(f"SELECT * {{ {FOUR} }}", format="html"), 413, "too large for a page"),
    Case("headers of a product", get(in_address(f"ASK {{ {FOUR} FILTER(?a = ?l && ?a != ?l) }}"), method="HEAD"), 504),
    Case("a product in no time", sparql(f"SELECT (COUNT(*) AS ?n) {{ {FOUR} }}", timeout="1e-300"), 504),
]  # fmt: skip


def doubled(times: int, function: str) -> str:
    """Return a query that doubles a string so many times."""
    steps = " ".join(f"BIND({function.format(f'?x{i}')} AS ?x{i + 1})" for i in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {steps} }}"


BOMBS = endless(
    LIMIT,
    [
        ("a product in order", f"SELECT * {{ {FOUR} }} ORDER BY ?a ?l"),
        ("the first of a product", f"SELECT * {{ {FOUR} }} ORDER BY DESC(CONCAT(STR(?a), STR(?l))) LIMIT 1"),
        ("each of a product once", f"SELECT DISTINCT (CONCAT(STR(?a), STR(?d), STR(?g)) AS ?x) {{ {FOUR} }}"),
        ("groups of a product", "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?c ?d ?f"),
        ("all in one string", f"SELECT (GROUP_CONCAT(STR(?a); SEPARATOR='{'x' * N}') AS ?n) {{ ?a ?b ?c . ?d ?e ?f }}"),
        ("40 doublings by CONCAT", doubled(40, "CONCAT({0}, {0})")),
        ("40 doublings by REPLACE", doubled(40, "REPLACE({0}, 'a', 'aa')")),
        ("products of sub-selects", f"SELECT * {{ {{ SELECT ?a {{ {FOUR} }} }} {{ SELECT ?d {{ {FOUR} }} }} }}"),
        ("products that may be there", "SELECT * { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }"),
        ("a question for each", f"ASK {{ ?x ?y ?z FILTER EXISTS {{ {FOUR} FILTER(?a = ?l && ?a != ?l) }} }}"),
        ("paths beside paths", f"SELECT (COUNT(*) AS ?n) {{ ?a ({ANY})+ ?b . ?c ({ANY})+ ?d }}"),
        ("a wide page", f"SELECT {' '.join(f'?v{i}' for i in range(N))} {{ VALUES ?x {{ {'1 ' * 9999} }} }}"),
    ],
    timeout="2",
)  # fmt: skip

SERVICE = f"SERVICE <{THERE}> {{ ?s ?p ?o }}"
FEDERATION = [
    *refused(
        "SERVICE is refused",
        [
            ("in plain sight", f"ASK {{ {SERVICE} }}"),
            ("in small letters", f"ASK {{ {SERVICE.lower()} }}"),
            ("in letters of both kinds", f"ASK {{ sErViCe <{THERE}> {{ ?s ?p ?o }} }}"),
            ("silent", f"ASK {{ SERVICE SILENT <{THERE}> {{ ?s ?p ?o }} }}"),
            ("at a variable", f"ASK {{ VALUES ?x {{ <{THERE}> }} SERVICE ?x {{ ?s ?p ?o }} }}"),
            ("after a comment", f"ASK {{ # 'nothing\n{SERVICE} }}"),
            ("after a comment that a carriage return ends", f"ASK {{ # nothing\r{SERVICE} }}"),
            ("with a comment within", f"ASK {{ SERVICE # nothing\n<{THERE}> {{ ?s ?p ?o }} }}"),
            ("after a string with a mark of comments", f"ASK {{ ?s ?p '#' . {SERVICE} }}"),
            ("after a long string with quotes", f'ASK {{ ?s ?p """ a "quote" # """ . {SERVICE} }}'),
            ("after an IRI with a fragment", f"ASK {{ ?s <http://x/#f> ?o . {SERVICE} }}"),
            ("after an IRI with an escape", f"ASK {{ ?s <http://x/\\u0041#> ?o . {SERVICE} }}"),
            ("in a sub-select", f"ASK {{ {{ SELECT * {{ {SERVICE} }} }} }}"),
            ("in an optional part", f"ASK {{ OPTIONAL {{ {SERVICE} }} }}"),
            ("in a condition", f"ASK {{ ?s ?p ?o FILTER EXISTS {{ {SERVICE} }} }}"),
            ("in a comparison", f"ASK {{ FILTER(1<2&&EXISTS{{{SERVICE}}}&&2>1) }}"),
            ("in what is taken away", f"ASK {{ ?s ?p ?o MINUS {{ {SERVICE} }} }}"),
            ("in a graph", f"ASK {{ GRAPH ?g {{ {SERVICE} }} }}"),
            ("in what CONSTRUCT looks for", f"CONSTRUCT {{ ?s ?p ?o }} {{ {SERVICE} }}"),
            ("in what DESCRIBE looks for", f"DESCRIBE ?s {{ {SERVICE} }}"),
            ("without a space after it", f"ASK{{SERVICE<{THERE}>{{?s ?p ?o}}}}"),
            ("joined with its name", f"PREFIX : <{THERE}> ASK {{ SERVICE:x {{ ?s ?p ?o }} }}"),
            ("joined with its prefix", f"PREFIX x: <{THERE}> ASK {{ SERVICEx:x {{ ?s ?p ?o }} }}"),
            ("joined with SILENT", f"ASK {{ SERVICESILENT <{THERE}> {{ ?s ?p ?o }} }}"),
            ("joined with a word before it", f"ASK {{ ?s ?p true{SERVICE} }}"),
            ("joined with a number before it", f"ASK {{ ?s ?p 1e0{SERVICE} }}"),
            ("joined with a full stop", f"ASK {{ ?s ?p true.{SERVICE} }}"),
            ("joined with a name and a full stop", f"PREFIX x: <x:> ASK {{ ?s ?p x:.{SERVICE} }}"),
            ("joined with a name of many full stops", f"PREFIX x: <x:> ASK {{ ?s ?p x:a.b.{SERVICE} }}"),
        ],
        status=403,
    ),
    Case("in escapes", sparql(f"ASK {{ S\\u0045RVICE <{THERE}> {{ ?s ?p ?o }} }}"), 400, "query-syntax"),
    Case("between two strings", sparql(f"ASK {{ VALUES ?x {{ '''a' }} {SERVICE} #'''\n }}"), (400, 403)),
    # Read as the grammar says, these hold SERVICE in a string. The engine reads otherwise, and finds all doors closed.
    Case(
        "behind an operator that looks like an IRI",
        sparql(f"ASK {{ VALUES (?a ?b) {{ (1 'x') }} FILTER(?a<1+'>'||?b='x') {SERVICE} #'\n}}"),
        400,
        "cannot be answered",
    ),
    Case(
        "behind a string with an escape that is none",
        sparql(f"ASK {{ VALUES ?x {{ '''a' }} {SERVICE} # \\uD800 '''\n }}"),
        400,
        "cannot be answered",
    ),
    *[
        Case(f"{clause} {there}", sparql(f"SELECT * {clause} <{there}> {{ ?s ?p ?o }}"), 200, '"bindings":[]', "root:")
        for clause in ("FROM", "FROM NAMED")
        for there in (THERE, THERE.replace("http", "ftp"), "file:///etc/passwd")
    ],
    *[
        Case(f"default graph {there}", get(f"{in_address('ASK { ?s ?p ?o }')}&default-graph-uri={there}"), 200, "false")
        for there in (THERE, "http://169.254.169.254/latest/", f"http://[::1]:{PORT}/", "file:///etc/passwd")
    ],
    Case("named graph", get(f"{ASK}&named-graph-uri={THERE}"), 200, "true"),
    Case("default graph that is no IRI", get(f"{ASK}&default-graph-uri=not%20an%20IRI"), 400, "cannot be answered"),
    Case("default graph that is empty", get(f"{ASK}&default-graph-uri="), 400, "cannot be answered"),
    Case("1,000 default graphs", get(f"{ASK}{'&default-graph-uri=x:y' * 1000}"), 400, "cannot be read"),
    Case("the graph of another server", get(f"/graph?graph={THERE}"), 404, "there is no graph"),
    Case("the graph of a file", get("/graph?graph=file:///etc/passwd"), 404, "there is no graph", "root:"),
]  # fmt: skip

UPDATES = [
    *refused(
        "curated files are the only way in",
        [
            ("INSERT DATA", "INSERT DATA { <x:a> <x:b> <x:c> }"),
            ("in small letters", "insert data { <x:a> <x:b> <x:c> }"),
            ("joined", "INSERTDATA{<x:a> <x:b> <x:c>}"),
            ("after a comment", "# SELECT * {}\nDELETE WHERE { ?s ?p ?o }"),
            ("after a prefix", f"PREFIX x: <x:> LOAD <{THERE}>"),
            ("after a base that looks like a query", "BASE <http://x/#SELECT> CREATE GRAPH <g>"),
            ("after a prefix that looks like a query", "PREFIX select: <x:> CLEAR ALL"),
            ("WITH", "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"),
            ("LOAD of a file", "LOAD <file:///etc/passwd> INTO GRAPH <x:g>"),
            ("LOAD over FTP", f"LOAD SILENT <ftp://127.0.0.1:{PORT}/>"),
            ("DROP", "DROP SILENT ALL"),
            ("COPY", "COPY DEFAULT TO <x:g>"),
            ("MOVE", "MOVE <x:a> TO DEFAULT"),
            ("ADD", "ADD <x:a> TO <x:b>"),
        ],
        status=403,
    ),
    *refused(
        "query-syntax",
        [
            ("behind a query", "SELECT * {} ; DROP ALL"),
            ("behind a query, in braces", "ASK {} } INSERT DATA { <x:a> <x:b> <x:c> }"),
            ("with a query as its condition", "SELECT * { INSERT DATA { <x:a> <x:b> <x:c> } }"),
            ("CONSTRUCT into a graph", "CONSTRUCT { GRAPH <x:g> { ?s ?p ?o } } { ?s ?p ?o }"),
        ],
    ),
    Case("an update as an update", post("/sparql", "application/sparql-update", "DROP ALL"), 403, "query-refused"),
    Case("a parameter of the address", get("/sparql?update=DROP%20ALL"), 403, "query-refused"),
    Case("beside a query in the address", get(f"{ASK}&update=DROP%20ALL"), 403, "query-refused"),
    Case("beside a query in a form", post("/sparql", FORM, "query=ASK%7B%7D&update=DROP%20ALL"), 403, "query-refused"),
    Case("in the address of a query", post("/sparql?update=DROP%20ALL", QUERY, "ASK {}"), 403, "query-refused"),
    Case("in a form beside the address", post(ASK, FORM, "update=DROP%20ALL"), 403, "query-refused"),
    Case("twice, the second time a query", get("/sparql?query=DROP%20ALL&query=ASK%7B%7D"), 400, "2 times"),
    *[
        Case(f"{method} {path}", post(path, "text/turtle", "<x:a> <x:b> <x:c> .", method=method), 405, "method")
        for method in ("PUT", "POST", "PATCH", "DELETE")
        for path in ("/graph/gazetteer", "/graph?default")
    ],
    *[Case(f"{method} /sparql", post("/sparql", QUERY, "ASK {}", method=method), 405) for method in ("PUT", "DELETE")],
]

BODIES = [
    Case(
        "JSON-LD with a context elsewhere",
        post("/sparql", "application/ld+json", f'{{"@context": "{THERE}c.jsonld", "@id": "x:y"}}'),
        415,
        "send the query as",
    ),
    Case(
        "XML with an entity elsewhere",
        post("/sparql", "application/xml", f'<!DOCTYPE a [<!ENTITY b SYSTEM "{THERE}">]><a>&b;</a>'),
        415,
        "send the query as",
    ),
    Case(
        "XML with a file",
        post("/sparql", "application/rdf+xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        415,
        "send the query as",
        "root:",
    ),
    Case(
        "XML that grows a billion times",
        post("/sparql", "text/xml", '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;&b;">]><a>&c;</a>'),
        415,
    ),
    Case("JSON", post("/sparql", "application/json", '{"query": "ASK {}"}'), 415),
    Case("parts", post("/sparql", "multipart/form-data; boundary=x", "--x\r\n\r\nASK {}\r\n--x--"), 415),
    Case("no type", post("/sparql", "", "ASK {}"), 415),
    Case("a type with much behind it", post("/sparql", f"{QUERY}; charset=utf-8; {'x=y;' * 5000}", "ASK {}"), 200),
    Case("an encoding that is not ours", post("/sparql", f"{QUERY}; charset=utf-7", "ASK {}"), 415, "UTF-8"),
    Case("a type in large letters", post("/sparql", QUERY.upper(), "ASK {}"), 200),
    Case("two types in one", post("/sparql", f"{QUERY}, {FORM}", "ASK {}"), 415),
    Case("a body in gzip", post("/sparql", QUERY, gzip.compress(b"ASK {}"), "Content-Encoding: gzip"), 400, "UTF-8"),
    Case("a body of 2 MB", post("/sparql", QUERY, "#" * 2_000_000), 413, "is larger than"),
    Case("a form of 2 MB", post("/sparql", FORM, "query=" + "a" * 2_000_000), 413, "is larger than"),
    Case("a form of 100,000 fields", post("/sparql", FORM, "a=b&" * 100_000), 400, "cannot be read"),
    Case("a form that is not UTF-8", post("/sparql", FORM, "query=ASK%7B%7D%23%FF"), 400, "cannot be read"),
    Case("a form without a query", post("/sparql", FORM, "a=b"), 400, "send a query"),
    Case("an empty body", post("/sparql", QUERY, ""), 400, "is empty"),
]  # fmt: skip

CHUNKS = get("/sparql", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked", method="POST")
HEADERS = [
    Case("Accept of 10,000 ranges", get(ASK, "Accept: " + ",".join(f"a/b{i};q=0.{i}" for i in range(N))), 406),
    Case("Accept with odd weights", get(ASK, "Accept: text/csv;q=99999, */*;q=-1, a/b;q=., c/d;q=nan"), 200, "true"),
    Case("Accept of signs", get(ASK, "Accept: ;;;,,,///\x80\xff"), 406),
    Case("Accept of 50,000 spaces", get(ASK, f"Accept: text/csv{' ' * 50_000}x"), 406),
    Case("Accept of 50,000 parameters", get(ASK, f"Accept: text/csv{';q' * 50_000}"), 200, "true"),
    Case("Accept that refuses everything", get(ASK, "Accept: */*;q=0"), 406, "there are"),
    Case("10,000 encodings", get(ASK, "Accept-Encoding: " + ",".join(f"gzip;q=0.{i}" for i in range(N))), 200),
    Case("10,000 languages", get(ASK, "Accept-Language: " + ",".join(f"a{i}" for i in range(N))), 200),
    Case("If-None-Match of 100 kB", get(ASK, "If-None-Match: " + '"x", ' * 20_000), 200, "true"),
    Case("If-None-Match of anything", get(ASK, "If-None-Match: *"), 304),
    Case("a part of an answer", get(ASK, "Range: bytes=0-1,5-,-9,99999999999999999999-"), 200, "true"),
    Case("parts of a file", get("/static/style.css", "Range: bytes=0-1,5-6,9-999999999999999999999"), (200, 206)),
    Case("2,000 parts of a file", get("/static/style.css", "Range: bytes=" + "0-," * 2000 + "0-"), (200, 206, 416)),
    Case("a part of a file that is none", get("/static/style.css", "Range: bytes=z"), (200, 400, 416)),
    Case("a date that is none", get("/static/style.css", "If-Modified-Since: yesterday"), 200),
    Case("10,000 headers", get(ASK, *(f"X-{i}: y" for i in range(N))), 200),
    Case("a header of 300 kB", get(ASK, "X: " + "y" * 300_000), (200, 431)),
    Case("a cookie", get("/", HTML, 'Cookie: a=<script>; \x80="; ===='), 200, "citydip", "a=<script>"),
    Case("a token", get("/queries/running", "Authorization: Bearer \x80"), 403, "operator-only"),
    Case("an empty token", get("/queries/running", "Authorization: Bearer "), 403, "operator-only"),
    Case("two lengths", post("/sparql", QUERY, "ASK {}", "Content-Length: 7"), 400),
    Case("a length below nothing", get("/sparql", "Content-Length: -5", method="POST"), 400),
    Case("a length of 23 digits", get("/sparql", "Content-Length: " + "9" * 23, method="POST"), 400),
    Case("a length and chunks", post("/sparql", QUERY, "0\r\n\r\n", "Transfer-Encoding: chunked"), 400),
    Case("chunks that are none", CHUNKS + b"zz\r\nASK {}", 400),
    Case("a chunk of 17 digits", CHUNKS + b"f" * 17 + b"\r\nASK {}", 400),
    Case("a chunk with much behind it", CHUNKS + b"6;" + b"x" * 100_000 + b"\r\nASK {}\r\n0\r\n\r\n", 200, "true"),
    Case("2 MB in chunks of a byte", CHUNKS + b"1\r\n#\r\n" * 2_000_000, 413, "is larger than"),
    Case("a coding that there is not", get("/sparql", "Transfer-Encoding: gzip", method="POST"), 400),
    Case("a header in the middle of a header", get("/", "X: a\rSet-Cookie: b"), 400),
    Case("a NUL in a header", get("/", "X: a\0b"), 400),
    Case("a header over two lines", get("/", "X: a\r\n b"), 400),
    Case("a header without a name", get("/", ": a"), 400),
    Case("an upgrade to a socket", get(ASK, "Connection: Upgrade", "Upgrade: websocket"), (200, 400, 426)),
    Case("an upgrade to HTTP/2", get(ASK, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"), 200),
    Case("an expectation that is none", get(ASK, "Expect: the-unexpected"), (200, 417)),
]  # fmt: skip

EVIL = '"><script>alert(1)</script>'
HOSTS = [
    *[
        Case(f"{host!r} in {kind}", head("GET", path, f"Accept: {kind}", host=f"Host: {host}"), 200, without=host)
        for host in ('a> . <x:s> <x:p> "b', EVIL, "user:secret@evil", "evil/path?x#y", "[::1", "a:b:c")
        for kind, path in (("text/html", "/"), ("text/turtle", "/sparql"), ("application/rdf+xml", "/sparql"))
    ],
    Case("no host", head("GET", "/", HTML, host=""), (200, 400)),
    Case("an empty host", head("GET", "/", HTML, host="Host: "), (200, 400)),
    Case("a host of 100 kB", head("GET", "/", HTML, host="Host: " + "a" * 100_000), (200, 400)),
    Case("an evil host on an error", head("GET", "/nothing", HTML, host=f"Host: {EVIL}"), 404, "Status 404", EVIL),
    Case(
        "a proxy that lies",
        get("/", HTML, "X-Forwarded-Proto: javascript", f"X-Forwarded-Host: {EVIL}", f"X-Forwarded-For: {EVIL},,,"),
        200,
        without="javascript:",
    ),
]

PROTOCOL = [
    Case("a query twice", get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), 400, "2 times"),
    Case("a query in the address and in the body", post(ASK, QUERY, "ASK {}"), 400, "2 times"),
    Case("a query in the address and in a form", post(ASK, FORM, "query=ASK%7B%7D"), 400, "2 times"),
    Case("GET with a body", post(ASK, QUERY, "DROP ALL", method="GET"), 200, "true"),
    Case("a query that is not UTF-8", get("/sparql?query=ASK%7B%7D%23%FF"), 400, "cannot be read"),
    Case("a query with a surrogate", get("/sparql?query=ASK%7B%7D%23%ED%A0%80"), 400, "cannot be read"),
    Case("a query with a NUL", get("/sparql?query=ASK%7B%7D%00"), 400, "query-syntax"),
    Case("percent signs that are none", get("/sparql?query=ASK%7B%7D%23%ZZ%"), 200, "true"),
    Case("an address that is not ASCII", b"GET /sparql?query=ASK{}\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    Case("a path that is not ASCII", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    Case("2,000 parameters", get(f"{ASK}{'&a=b' * 2000}"), 400, "cannot be read"),
    Case("an address of 1 MB", get(f"{ASK}&a={'b' * 1_000_000}"), (400, 431)),
    Case("a time that is none", get(f"{ASK}&timeout=nan"), 400, "timeout must be"),
    Case("a time without end", get(f"{ASK}&timeout=inf"), 400, "timeout must be"),
    Case("a time of 400 digits", get(f"{ASK}&timeout={'9' * 400}"), 400, "timeout must be"),
    Case("a time below nothing", get(f"{ASK}&timeout=-1"), 400, "timeout must be"),
    Case("a name that is too short", get(f"{ASK}&query-id=a"), 400, "query-id must be"),
    Case("a name that would be a header", get(f"{ASK}&query-id={'a' * 16}%0d%0aSet-Cookie:b"), 400, "query-id must be"),
    Case("a format that there is not", get(f"{ASK}&format=../../etc/passwd"), 400, "there is no format"),
    Case("a format of graphs for rows", get(f"{ASK}&format=turtle"), 400, "there is no format"),
    Case("a server as the target", get(f"http://evil.example{ASK}"), 200, "true"),
    Case("a target that is broken", get("http://[::1/"), 400),
    Case("a star", get("*"), 404),
    Case("OPTIONS of a star", get("*", method="OPTIONS"), 204),
    *[Case(method, get("/", method=method), 405) for method in ("TRACE", "CONNECT", "PROPFIND", "PURGE", "DELETE")],
    *[Case(f"method {method!r}", get("/", method=method), 400) for method in ("FOO", "get", "G\0T", "")],
    Case("CONNECT to another server", get(f"127.0.0.1:{PORT}", method="CONNECT"), 400),
    Case("HTTP/9.9", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
    Case("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    Case("HTTP/1.0", f"GET {ASK} HTTP/1.0\r\n\r\n".encode(), 200, "true"),
    Case("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, 400),
    Case("bytes", bytes(range(256)) * 10, 400),
]  # fmt: skip

UP = ("..", "%2e%2e", ".%2e", "..%2f..", "%2e%2e%2f%2e%2e", "..%5c..", "..%252f..", "%c0%ae%c0%ae", "%00", "....//")
PATHS = [
    *[
        Case(f"{root}{up}", get(f"{root}{up}/{up}/{up}/{up}/{up}/{up}/etc/passwd"), 404, "", "root:")
        for root in ("/static/", "/version/", "/graph/", "/queries/")
        for up in UP
    ],
    Case("/static//etc/passwd", get("/static//etc/passwd"), 404, "", "root:"),
    Case("/static/", get("/static/"), 404),
    Case("a file of 5,000 letters", get(f"/static/{'a' * 5000}"), 404),
    Case("a NUL behind a file", get("/static/style.css%00.txt"), 404),
    Case("the version that is a link", get("/version/current/sparql"), 404, "there is no version"),
    Case("a version without a name", get("/version//sparql"), 404, "there is no version"),
    Case("a version in a version", get("/version/0000000000000000/version/0/sparql"), 404, "there is no version"),
    Case("a query that nobody asked", get("/queries/" + "a" * 5000, method="DELETE"), 404, "no query of that name"),
    Case("a query named running", get("/queries/running", method="DELETE"), 404, "no query of that name"),
    Case("a graph with a line break", get("/graph/a%0d%0aSet-Cookie:b"), 404),
    Case("two graphs", get("/graph?graph=x:a&graph=x:b"), 400, "name one graph"),
]

SCRIPT = "<script>alert(1)</script>"
SCRIPTS = [
    Case("in a query", sparql(f"SELECT ('{SCRIPT}' AS ?x) {{}}", HTML), 200, "&lt;script&gt;", "<script>"),
    Case("that ends the query", sparql(f"ASK {{}} #</textarea>{SCRIPT}", HTML), 200, "&lt;/textarea&gt;", "<script>"),
    Case("in a query that is wrong", sparql(f"ASK {{ {SCRIPT}", HTML), 400, "&lt;script&gt;", "<script>"),
    Case("in a label", sparql(f"SELECT ('{SCRIPT}'@en AS ?x) {{}}", HTML), 200, "&lt;script&gt;", "<script>"),
    Case("in an IRI", sparql("SELECT (IRI(\"http://x/'onclick='alert(1)\") AS ?x) {}", HTML), 200, "", "'onclick"),
    Case("as an IRI", sparql("SELECT (<javascript:alert(1)> AS ?x) {}", HTML), 200, "", 'href="javascript'),
    Case("as an IRI with data", sparql("SELECT (<data:text/html,x> AS ?x) {}", HTML), 200, "", 'href="data'),
    Case("in a graph", sparql(f"CONSTRUCT {{ <x:a> <x:b> '{SCRIPT}' }} {{}}", HTML), 200, "&lt;script&gt;", "<script>"),
    Case("in a path", get(f"/{SCRIPT}", HTML), 404, "&lt;script&gt;", "<script>"),
    Case("in a path, escaped", get("/%3Cscript%3E", HTML), 404, "&lt;script&gt;", "<script>"),
    Case("in the name of a version", get("/version/%3Cscript%3E/sparql", HTML), 404, "&lt;script&gt;", "<script>"),
    Case("in the name of a graph", get("/graph/%3Cscript%3E", HTML), 404, "&lt;script&gt;", "<script>"),
    Case("in a format", get(f"{ASK}&format=%3Cscript%3E", HTML), 400, "&lt;script&gt;", "<script>"),
    Case("in a time", get(f"{ASK}&timeout=%3Cscript%3E", HTML), 400, "&lt;script&gt;", "<script>"),
    Case("in a type", post("/sparql", "<script>", "ASK {}", HTML), 415, "&lt;script&gt;", "<script>"),
    Case("in a prefix", sparql(f"PREFIX x: <x:{EVIL}> ASK {{}}", HTML), 400, "", "<script>"),
]

GROUPS = {
    "malformed": MALFORMED,
    "odd": ODD,
    "nested": NESTED,
    "endless": ENDLESS,
    "bombs": BOMBS,
    "federation": FEDERATION,
    "updates": UPDATES,
    "bodies": BODIES,
    "headers": HEADERS,
    "hosts": HOSTS,
    "protocol": PROTOCOL,
    "paths": PATHS,
    "scripts": SCRIPTS,
}
CASES = [pytest.param(case, id=f"{group}: {case.name}") for group, cases in GROUPS.items() for case in cases]


@pytest.fixture(scope="module")
def watched(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watching(snapshot, tmp_path_factory.mktemp("hostile")) as server:
        yield server


@pytest.fixture(autouse=True)
def there(watched: Watched) -> Iterator[None]:
    """After each test the server must answer at once, and must not have asked anybody."""
    yield
    watched.must_be_there()
    assert watched.listener.visits == 0, "somebody was connected to"


def acceptable(answer: Answer) -> bool:
    """Return whether an answer is one that any request may get: no accident, no cookie, no page that runs scripts."""
    page = "text/html" in answer.headers.get("content-type", "")
    return (
        (answer.status < 500 or answer.status in (503, 504, 507))
        and "set-cookie" not in answer.headers
        and (not page or "default-src 'none'" in answer.headers["content-security-policy"])
        and "access-control-allow-credentials" not in answer.headers
    )


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_request_gets_its_answer(watched: Watched, case: Case) -> None:
    began = time.monotonic()
    answer = watched.ask(case.request)
    assert time.monotonic() - began < 3.5, "it took longer than the limit"
    assert acceptable(answer), answer
    assert answer.status in (case.status if isinstance(case.status, tuple) else (case.status,)), answer.text[:500]
    assert case.words in answer.text
    assert case.without not in answer.text


def patiently(watched: Watched, request: bytes) -> Answer:
    """Return the answer to a request that is made again while the server is busy, as its answer asks for."""
    while (answer := watched.ask(request)).status == 503:
        time.sleep(0.1)
    return answer


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_client_that_sends_byte_by_byte_is_nobody_elses_concern(watched: Watched, part: str) -> None:
    first, space, rest = post("/sparql", QUERY, "ASK {}").partition(b"\r\n\r\n" if part == "body" else b" ")
    with connect(watched.address) as connection:
        connection.sendall(first + space)
        for byte in rest[:6]:
            connection.sendall(bytes([byte]))
            watched.must_be_there()
            time.sleep(0.5)
        if part == "body":
            assert receive(connection).status == 200


def test_a_client_that_reads_slowly_and_leaves_takes_its_worker_with_it(watched: Watched) -> None:
    with connect(watched.address) as connection:
        connection.sendall(sparql(f"SELECT * {{ {FOUR} }}"))
        for _ in range(4):
            left = 1000
            while left:
                piece = connection.recv(left)
                assert piece
                left -= len(piece)
            watched.must_be_there()
            time.sleep(0.2)
    must_calm_down(watched)


def test_clients_that_never_read_keep_no_worker_past_the_limit(watched: Watched) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            connection = stack.enter_context(connect(watched.address))
            connection.sendall(sparql(f"SELECT * {{ {FOUR} }}"))
        # The first four have all places, those of the slow lane too; the others wait for them, and then do the same.
        time.sleep(5.5)
        watched.must_be_there()


def test_clients_that_leave_while_they_wait_leave_nothing_behind(watched: Watched) -> None:
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            for _ in range(12):
                stack.enter_context(connect(watched.address)).sendall(sparql(f"SELECT (COUNT(*) AS ?n) {{ {FOUR} }}"))
            time.sleep(0.1)
    must_calm_down(watched)


def test_idle_connections_are_no_load(watched: Watched) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(connect(watched.address))
        watched.must_be_there()


@pytest.mark.parametrize("beginning", [b"GET /", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_end_is_cut_off(watched: Watched, beginning: bytes) -> None:
    more = b"X: y\r\n" * 10_000 if beginning.endswith(b"\n") else b"x" * 60_000
    with connect(watched.address) as connection:
        connection.sendall(beginning)
        with contextlib.suppress(ConnectionError):
            for _ in range(5):
                connection.sendall(more)
                time.sleep(0.05)
        assert receive(connection).status in (BROKEN, 431)


def test_a_flood_of_small_queries_is_answered_or_told_to_come_back(watched: Watched) -> None:
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(watched.ask, [sparql(f"ASK {{}} #{i}") for i in range(200)]))
    assert {answer.status for answer in answers} <= {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)
    assert sum(answer.status == 200 for answer in answers) >= 8


def test_a_flood_of_endless_queries_ends_in_time(watched: Watched) -> None:
    request = sparql(f"SELECT (COUNT(*) AS ?n) {{ {FOUR} }}")
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(watched.ask, [request] * 20))
    # Each waits no longer than it may run, and runs no longer than that.
    assert time.monotonic() - began < 6
    assert {answer.status for answer in answers} == {503, 504}
    assert patiently(watched, sparql("ASK {}")).status == 200


def must_calm_down(watched: Watched) -> None:
    """Assert that within seconds there are no more processes and hardly more open files than at first."""
    end = time.monotonic() + 8
    while time.monotonic() < end:
        now = watched.use()
        if now.processes <= watched.at_first.processes and now.files <= watched.at_first.files + 2:
            return
        time.sleep(0.1)
    raise AssertionError(f"{now} is left of {watched.at_first}")


def test_in_the_end_nothing_is_left_behind(watched: Watched, snapshot: Snapshot) -> None:
    must_calm_down(watched)
    assert watched.use().mebibytes < watched.at_first.mebibytes + 60
    assert watched.loud() == [], watched.log.read_text(errors="replace")[-20000:]
    counted = watched.ask(sparql("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", format="csv"))
    assert counted.text.split()[1] == str(snapshot.quads)
    assert watched.ask(get("/health/ready")).status == 200
