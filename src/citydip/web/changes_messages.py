"""What the page of changes between versions says, in each language of the interface."""

from citydip.curation.changes.words import ASPECTS, KINDS

__all__ = ["CHANGES_MESSAGES"]

CHANGES_MESSAGES: dict[str, dict[str, str]] = {
    "changes": {"en": "What changed", "fa": "چه تغییر کرد"},
    "changes-title": {"en": "What changed between two versions", "fa": "چه میان دو نسخه تغییر کرد"},
    "changes-lead": {
        "en": "What people and imports changed from version {old} to {new}; what is computed follows from it and is"
        " left out.",
        "fa": "آنچه گردآورندگان و درون‌آوری‌ها از نسخهٔ {old} تا {new} تغییر دادند؛ آنچه محاسبه می‌شود از آن برمی‌آید"
        " و اینجا نیست.",
    },
    "changes-only-one": {
        "en": "Only one version is kept here, {version}, so there is nothing to compare it with.",
        "fa": "تنها یک نسخه اینجا نگه داشته شده است، {version}، پس چیزی برای سنجیدن با آن نیست.",
    },
    "changes-no-earlier": {
        "en": "No version is kept that was written before this one; choose two below.",
        "fa": "نسخه‌ای پیش از این نگه داشته نشده است؛ دو نسخه از فهرست زیر برگزینید.",
    },
    "changes-choose": {"en": "Choose versions", "fa": "گزینش نسخه‌ها"},
    "changes-from": {"en": "From", "fa": "از"},
    "changes-to": {"en": "To", "fa": "تا"},
    "changes-class": {"en": "Only", "fa": "تنها"},
    "changes-kind": {"en": "Only what was", "fa": "تنها آنچه"},
    "changes-any": {"en": "any", "fa": "هر کدام"},
    "changes-show": {"en": "Show", "fa": "نمایش"},
    "changes-counts": {"en": "In figures", "fa": "به عدد"},
    "changes-of": {"en": "Class", "fa": "رده"},
    "changes-things": {"en": "Things", "fa": "شمار"},
    "changes-what": {"en": "What became of them", "fa": "چه شد"},
    "changes-none": {
        "en": "Nothing that people or imports say has changed.",
        "fa": "هیچ‌یک از گفته‌های گردآورندگان و درون‌آوری‌ها تغییر نکرده است.",
    },
    "changes-list": {"en": "One by one", "fa": "یک به یک"},
    "changes-rows": {"en": "{first} to {last} of {count}.", "fa": "{first} تا {last} از {count}."},
    "changes-statements": {
        "en": "{removed} statements went, {added} came",
        "fa": "{removed} گزاره رفت و {added} گزاره آمد",
    },
    "changes-with-all": {
        "en": "Show evidence, mappings and terms, too",
        "fa": "نمایش شاهدها، نگاشت‌ها و واژه‌ها نیز",
    },
    "changes-without": {"en": "Leave evidence, mappings and terms out", "fa": "بی شاهدها، نگاشت‌ها و واژه‌ها"},
    "changes-data": {"en": "These data", "fa": "این داده‌ها"},
    "changes-other": {"en": "without a class", "fa": "بی رده"},
    "changes-since": {"en": "what changed since", "fa": "تغییرات پس از آن"},
    **{f"change-kind-{name}": words for name, words in KINDS.items()},
    **{f"change-aspect-{name}": words for name, words in ASPECTS.items()},
}
"""Texts by key and language; braces stand for what a page fills in."""
