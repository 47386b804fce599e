"""A reader of both languages of QuickStatements, written from its documentation and not from what writes them.

It does what QuickStatements does: fields are trimmed, a text is what stands between the first and the last quotation
mark, a time without a calendar is Gregorian, and a statement that is there already gets what is new of it.
"""

import csv
import io
import re

from citydip.curation.giving_back.statements import Item, Snak, Statement, Text, Time, Url, Value

_TIME = re.compile(r"([+-])(\d{4,})-(\d\d)-(\d\d)T00:00:00Z/(\d+)(/J)?")


def read_value(text: str) -> Value:
    text = text.strip()
    if re.fullmatch(r"Q\d+", text):
        return Item(text)
    if found := _TIME.fullmatch(text):
        sign, year, month, day, precision, julian = found.groups()
        assert sign == "+"
        return Time(f"{year}-{month.replace('00', '01')}-{day.replace('00', '01')}", int(precision), bool(julian))
    if found := re.fullmatch(r'([a-z_-]+):"(.*)"', text):
        return Text(found[2].strip(), found[1])
    found = re.fullmatch(r'"(.*)"', text)
    assert found, f"{text!r} is no value"
    return Url(found[1].strip())


def _merged(rows: list[tuple[str, str, Value, tuple[Snak, ...], tuple[Snak, ...]]]) -> list[Statement]:
    together: dict[tuple[str, str, Value, tuple[Snak, ...]], list[tuple[Snak, ...]]] = {}
    for subject, prop, value, qualifiers, reference in rows:
        references = together.setdefault((subject, prop, value, qualifiers), [])
        if reference:
            references.append(reference)
    return [Statement(*key, tuple(references)) for key, references in together.items()]


def read_v1(text: str) -> list[Statement]:
    # The newest version takes these for divisions of commands and fields, wherever they stand.
    lines = text.replace("||", "\n").replace("|", "\t").split("\n")
    rows = []
    for line in filter(None, (line.strip() for line in lines)):
        assert not re.search(r"/\*.*\*/\s*$", line), "a comment at its end"
        subject, prop, value, *rest = line.split("\t")
        assert re.fullmatch(r"Q\d+", subject)
        assert re.fullmatch(r"P\d+", prop)
        assert len(rest) % 2 == 0
        snaks = [(name, read_value(each)) for name, each in zip(rest[::2], rest[1::2], strict=True)]
        qualifiers = tuple(snak for snak in snaks if snak[0][0] == "P")
        reference = tuple((f"P{name[1:]}", each) for name, each in snaks if re.fullmatch(r"S\d+", name))
        assert len(qualifiers) + len(reference) == len(snaks)
        rows.append((subject, prop, read_value(value), qualifiers, reference))
    return _merged(rows)


def read_csv(text: str) -> list[Statement]:
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header[0] == "qid"
    rows = []
    for line in lines:
        assert len(line) == len(header)
        prop, value = "", None
        qualifiers: list[Snak] = []
        reference: list[Snak] = []
        for column, cell in zip(header[1:], line[1:], strict=True):
            if not cell:
                continue
            if re.fullmatch(r"P\d+", column):
                assert not prop, "one statement in a row"
                prop, value = column, read_value(cell)
            elif re.fullmatch(r"qal\d+", column):
                qualifiers.append((f"P{column[3:]}", read_value(cell)))
            else:
                assert re.fullmatch(r"[Ss]\d+", column)
                # A large letter begins a reference, a small one goes on with it.
                assert (column[0] == "S") == (not reference)
                reference.append((f"P{column[1:]}", read_value(cell)))
        assert value is not None
        rows.append((line[0], prop, value, tuple(qualifiers), tuple(reference)))
    return _merged(rows)
