"""Citations of a thing of the graph at a version, in the forms that people and reference managers read."""

from citydip.model.errors import ParameterError

__all__ = ["CITATIONS", "cite"]

CITATIONS = {"text": "text/plain", "bibtex": "application/x-bibtex", "ris": "application/x-research-info-systems"}
"""Media type by the name of a form."""

_PUBLISHER = "citydip, an open knowledge graph of city diplomacy"
_ESCAPED = str.maketrans({"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "#": r"\#"})


def cite(form: str, *, title: str, iri: str, version: str, address: str, sources: list[str]) -> str:
    """Return the citation of a thing.

    Args:
        form: one of `CITATIONS`.
        title: its label.
        iri: its permanent identifier.
        version: the version of the data.
        address: where that version of it is read.
        sources: addresses or names of the sources that it rests on.

    Raises:
        ParameterError: there is no such form.

    Example:
        >>> iri, page = "https://w3id.org/citydip/id/city/rasht", "https://example.org/version/0f/page/city/rasht"
        >>> cite("text", title="Rasht", iri=iri, version="0f", address=page, sources=["Mehr"]).split(". ")[-1]
        'Rests on: Mehr.'
    """
    if form not in CITATIONS:
        raise ParameterError(f"there is no citation {form!r}; there are: {', '.join(CITATIONS)}")
    if form == "text":
        rests = f" Rests on: {'; '.join(sources)}." if sources else ""
        return f"{title}. {_PUBLISHER}, data version {version}. {iri}. Read at {address}.{rests}"
    if form == "bibtex":
        key = "citydip-" + iri.rstrip("/").rsplit("/", 1)[-1]
        note = f"Data version {version}" + (f"; rests on: {'; '.join(sources)}" if sources else "")
        fields = {"title": title, "publisher": _PUBLISHER, "url": address, "note": note}
        lines = [
            f"  {name} = {{{text.translate(_ESCAPED) if name != 'url' else text}}}," for name, text in fields.items()
        ]
        return "\n".join([f"@misc{{{key},", *lines, f"  howpublished = {{{iri}}}", "}", ""])
    rows = [("TY", "DATA"), ("TI", title), ("PB", _PUBLISHER), ("ET", version), ("UR", address), ("ID", iri)]
    rows += [("N1", f"Rests on: {source}") for source in sources]
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in rows) + "ER  - \r\n"
