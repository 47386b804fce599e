"""What pages call the terms of other vocabularies, which this graph uses and does not define."""

from citydip.model.terms import PREFIXES

__all__ = ["OTHER_TERMS"]

_NAMES = {
    "dcterms:created": ("made on", "تاریخ ساخت"),
    "dcterms:creator": ("made by", "سازنده"),
    "dcterms:description": ("description", "توضیح"),
    "dcterms:identifier": ("key in its source", "کلید در منبع"),
    "dcterms:isReplacedBy": ("replaced by", "جایگزین"),
    "dcterms:issued": ("issued on", "تاریخ انتشار"),
    "dcterms:language": ("language", "زبان"),
    "dcterms:license": ("licence", "پروانه"),
    "dcterms:publisher": ("publisher", "ناشر"),
    "dcterms:rights": ("whom to name", "حق پدیدآور"),
    "dcterms:source": ("source", "منبع"),
    "dcterms:title": ("title", "عنوان"),
    "geo:asWKT": ("coordinates", "مختصات"),
    "oa:end": ("ends at letter", "نویسهٔ پایان"),
    "oa:exact": ("quotation", "نقل‌قول"),
    "oa:hasSelector": ("quotation", "نقل‌قول"),
    "oa:hasSource": ("source", "منبع"),
    "oa:prefix": ("text before", "متن پیش از آن"),
    "oa:start": ("begins at letter", "نویسهٔ آغاز"),
    "owl:deprecated": ("retired", "کنارگذاشته"),
    "prov:wasDerivedFrom": ("derived from", "برگرفته از"),
    "prov:wasInfluencedBy": ("influenced by", "متأثر از"),
    "rdf:type": ("kind", "نوع"),
    "rdfs:comment": ("comment", "شرح"),
    "rdfs:isDefinedBy": ("defined by", "تعریف‌شده در"),
    "rdfs:label": ("label", "برچسب"),
    "rdfs:seeAlso": ("see also", "نیز ببینید"),
    "rdfs:subClassOf": ("narrower than", "زیرردهٔ"),
    "rdfs:subPropertyOf": ("narrower than", "زیرویژگی"),
    "skos:altLabel": ("other name", "نام دیگر"),
    "skos:broader": ("broader concept", "مفهوم گسترده‌تر"),
    "skos:definition": ("definition", "تعریف"),
    "skos:editorialNote": ("note", "یادداشت"),
    "skos:example": ("example", "مثال"),
    "skos:hiddenLabel": ("spelling", "املای دیگر"),
    "skos:inScheme": ("scheme", "طرح"),
    "skos:notation": ("code", "کد"),
    "skos:prefLabel": ("name", "نام"),
    "skos:topConceptOf": ("top concept of", "مفهوم سرآمد"),
    "sssom:author_label": ("mapped by", "نگاشت‌کننده"),
    "sssom:mapping_date": ("mapped on", "تاریخ نگاشت"),
    "sssom:mapping_justification": ("reason of the mapping", "دلیل نگاشت"),
    "sssom:object_id": ("mapped to", "نگاشت به"),
    "sssom:predicate_id": ("kind of match", "نوع تطابق"),
    "sssom:subject_id": ("mapped from", "نگاشت از"),
}


def _whole(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


OTHER_TERMS = {_whole(name): {"en": en, "fa": fa} for name, (en, fa) in _NAMES.items()}
"""Labels by language, by IRI."""
