"""The words that changes are told in: kinds of changes, what of a thing changed, and which classes come first."""

from citydip.model.terms import CD, PREFIXES

__all__ = ["ASPECTS", "KINDS", "LIST_FIRST", "OTHER_NAMES", "PREDICATES", "SUPPORTING", "TOLD_RANK", "rank_of"]

KINDS: dict[str, dict[str, str]] = {
    "added": {"en": "added", "fa": "افزوده"},
    "removed": {"en": "removed", "fa": "حذف‌شده"},
    "changed": {"en": "changed", "fa": "تغییرکرده"},
    "renamed": {"en": "renamed", "fa": "تغییرنام‌یافته"},
    "merged": {"en": "merged", "fa": "ادغام‌شده"},
    "split": {"en": "split", "fa": "تقسیم‌شده"},
    "successor": {"en": "successor", "fa": "جانشین"},
    "follows": {"en": "points to what was renamed", "fa": "اشاره‌کننده به تغییرنام‌یافته"},
}
"""What can become of a thing, by language."""

ASPECTS: dict[str, dict[str, str]] = {
    "ended": {"en": "ended", "fa": "پایان‌یافته"},
    "status": {"en": "status changed", "fa": "تغییر وضعیت"},
    "dates": {"en": "dates changed", "fa": "تغییر تاریخ"},
    "parties": {"en": "parties changed", "fa": "تغییر طرف‌ها"},
    "names": {"en": "names changed", "fa": "تغییر نام"},
    "evidence": {"en": "evidence changed", "fa": "تغییر شاهد"},
    "other": {"en": "other facts changed", "fa": "تغییر دیگر"},
}
"""What can change of a thing that is there in both versions, by language; several can at once."""

_OURS: dict[str, tuple[str, str, str]] = {
    "hasStatus": ("status", "status", "وضعیت"),
    "startsOn": ("dates", "start", "آغاز"),
    "endsOn": ("dates", "end", "پایان"),
    "signedOn": ("dates", "day of signing", "روز امضا"),
    "datedOn": ("dates", "date", "تاریخ"),
    "decidedOn": ("dates", "day of the decision", "روز تصمیم"),
    "attestedOn": ("dates", "day on which it is attested", "روز گواهی"),
    "publishedOn": ("dates", "day of publication", "روز انتشار"),
    "expression": ("dates", "date as it is read", "تاریخ خوانده‌شده"),
    "writtenDate": ("dates", "date as it is written", "تاریخ نوشته‌شده"),
    "hasParty": ("parties", "party", "طرف"),
    "countedParties": ("parties", "number of further parties", "شمار طرف‌های دیگر"),
    "hasSignatory": ("parties", "signatory", "امضاکننده"),
    "hasMember": ("parties", "member", "عضو"),
    "hasOrganization": ("parties", "organization", "سازمان"),
    "hasHolder": ("parties", "holder", "متصدی"),
    "hasPost": ("parties", "post", "سمت"),
    "hasRole": ("parties", "role", "نقش"),
    "hasHost": ("parties", "host", "میزبان"),
    "hasParticipant": ("parties", "participant", "شرکت‌کننده"),
    "hasInvitee": ("parties", "invitee", "دعوت‌شده"),
    "hasInviter": ("parties", "inviter", "دعوت‌کننده"),
    "hasVisitor": ("parties", "visitor", "بازدیدکننده"),
    "hasEvidence": ("evidence", "source", "منبع"),
    "about": ("parties", "subject", "موضوع"),
}
_OTHERS: dict[str, tuple[str, str, str]] = {
    "rdfs:label": ("names", "name", "نام"),
    "skos:prefLabel": ("names", "name", "نام"),
    "skos:altLabel": ("names", "other name", "نام دیگر"),
    "skos:hiddenLabel": ("names", "spelling", "املا"),
    "dcterms:title": ("names", "title", "عنوان"),
    "rdf:type": ("other", "class", "رده"),
    "rdfs:comment": ("other", "comment", "شرح"),
    "rdfs:seeAlso": ("other", "page", "صفحه"),
    "skos:editorialNote": ("other", "note", "یادداشت"),
    "skos:definition": ("other", "definition", "تعریف"),
    "skos:example": ("other", "example", "مثال"),
    "dcterms:description": ("other", "description", "توضیح"),
    "dcterms:identifier": ("other", "identifier", "شناسه"),
    "dcterms:isReplacedBy": ("other", "replacement", "جایگزین"),
    "geo:asWKT": ("other", "coordinates", "مختصات"),
    "owl:deprecated": ("other", "retired", "کنارگذاشته"),
}


def _whole(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


PREDICATES: dict[str, tuple[str, str, str]] = {str(CD[name]): words for name, words in _OURS.items()}
"""What a property is an aspect of, and what sentences call it in English and in Persian."""
PREDICATES |= {_whole(name): words for name, words in _OTHERS.items()}

_CLASSES = {
    "void:Dataset": ("description of a graph", "توصیف گراف"),
    "sssom:Mapping": ("mapping", "نگاشت"),
    "oa:TextQuoteSelector": ("quotation", "نقل‌قول"),
    "oa:TextPositionSelector": ("quotation", "نقل‌قول"),
    "owl:Ontology": ("ontology", "هستان‌شناسی"),
    "owl:Class": ("class", "رده"),
    "owl:ObjectProperty": ("property", "ویژگی"),
    "owl:DatatypeProperty": ("property with values", "ویژگی مقداردار"),
    "skos:ConceptScheme": ("scheme of concepts", "طرح مفهوم‌ها"),
    "sh:NodeShape": ("shape of things", "شکل چیزها"),
    "sh:PropertyShape": ("shape of properties", "شکل ویژگی‌ها"),
}
OTHER_NAMES: dict[str, dict[str, str]] = {_whole(name): {"en": en, "fa": fa} for name, (en, fa) in _CLASSES.items()}
"""What classes of other vocabularies are called, by IRI and language."""

LIST_FIRST = (
    *("Agreement", "Tie", "Cooperation", "Membership", "Tenure", "RoleHolding", "Election", "Event", "StatusRecord"),
    *("Proposal", "Request", "HostingBid", "Invitation", "Participation", "Visit", "Designation", "OfficeHosting"),
    *("EditionRecord", "OrganizationalChange", "Project", "Prospect"),
)
"""Classes whose changes come first, in their order."""
SUPPORTING = ("Evidence", "SearchRecord")
"""Classes of ours that only carry what others say; their changes are kept, and no list begins with them."""
TOLD_RANK = 50
"""Things of a lower rank are told one by one; those of a higher are what others rest on: evidence, mappings, terms."""


def rank_of(name: str) -> int:
    """Return the place of a class among changes, by its name in the ontology; empty for one that is not ours.

    Example:
        >>> rank_of("Tie") < rank_of("City") < TOLD_RANK < rank_of("Evidence")
        True
    """
    if not name or name in SUPPORTING:
        return TOLD_RANK + (20 if not name else 10)
    return LIST_FIRST.index(name) if name in LIST_FIRST else TOLD_RANK - 10
