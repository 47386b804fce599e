"""What the interface says of the network and of things as of a time, in each of its languages."""

__all__ = ["NETWORK_MESSAGES"]

NETWORK_MESSAGES: dict[str, dict[str, str]] = {
    "as-of": {"en": "As of (a day or a year)", "fa": "در تاریخ (روز یا سال میلادی)"},
    "as-of-wanted": {"en": "Show what", "fa": "نمایش آنچه"},
    "as-of-certain": {"en": "surely held", "fa": "به‌یقین برقرار بود"},
    "as-of-possible": {"en": "may have held", "fa": "شاید برقرار بود"},
    "as-of-all": {"en": "held or not", "fa": "برقرار بود یا نبود"},
    "as-of-show": {"en": "Show", "fa": "نمایش"},
    "as-of-note": {
        "en": "Ties, memberships and offices as of {when}. Not shown: {count}.",
        "fa": "پیوندها، عضویت‌ها و سمت‌ها در {when}. نمایش‌داده‌نشده: {count}.",
    },
    "as-of-state-held": {"en": "held", "fa": "برقرار"},
    "as-of-state-not-held": {"en": "did not hold", "fa": "نابرقرار"},
    "as-of-state-unknown": {"en": "unknown whether it held", "fa": "برقراری نامعلوم"},
    "network-title": {"en": "The network of ties", "fa": "شبکهٔ پیوندها"},
    "network-lead": {
        "en": "Cities are joined where an agreement that is signed, or two lists or more, tie them.",
        "fa": "شهرها گره‌اند و دو شهر به هم پیوسته‌اند اگر توافق‌نامه‌ای امضاشده یا دو فهرست یا بیشتر آن‌ها را پیوند دهد.",
    },
    "network-choose": {"en": "Choose ties", "fa": "گزینش پیوندها"},
    "network-any": {"en": "any", "fa": "هر کدام"},
    "network-type": {"en": "Type", "fa": "نوع"},
    "network-grade": {"en": "What speaks for it", "fa": "گواهی"},
    "network-grade-signed": {"en": "a signed agreement", "fa": "توافق‌نامهٔ امضاشده"},
    "network-grade-attested": {"en": "two lists or more", "fa": "دو فهرست یا بیشتر"},
    "network-grade-reported": {"en": "one list alone", "fa": "تنها یک فهرست"},
    "network-country": {"en": "With a city in", "fa": "یک شهر در"},
    "network-division": {"en": "or in the division", "fa": "یا در تقسیم کشوری"},
    "network-region": {"en": "or in the region of the world", "fa": "یا در منطقهٔ جهان"},
    "network-within": {
        "en": "Both cities in (code of a country, or of a region in M49)",
        "fa": "هر دو شهر در (کد کشور، یا کد منطقه در M49)",
    },
    "network-figures": {"en": "In figures", "fa": "به عدد"},
    "network-measure": {"en": "Measure", "fa": "سنجه"},
    "network-value": {"en": "Value", "fa": "مقدار"},
    "network-measured": {"en": "Measured with {library}.", "fa": "سنجیده با {library}."},
    "network-data": {"en": "These data", "fa": "این داده‌ها"},
    "network-most-tied": {"en": "Most tied cities", "fa": "شهرهای با بیشترین پیوند"},
    "figure-degrees": {
        "en": "How many cities have how many partners; both axes are logarithmic.",
        "fa": "چند شهر چند طرف پیوند دارند؛ هر دو محور لگاریتمی است.",
    },
    "figure-years": {
        "en": "Ties by the year in which they began, of those that a source dates.",
        "fa": "پیوندها به سال آغازشان، از میان آن‌ها که منبعی تاریخشان را می‌آورد.",
    },
    "figure-countries": {
        "en": "Ties between the most tied countries: the darker, the more.",
        "fa": "پیوندهای میان کشورهای با بیشترین پیوند: هرچه تیره‌تر، بیشتر.",
    },
    "figure-ego": {"en": "Among its partners", "fa": "در میان طرف‌هایش"},
    "figure-map": {
        "en": "Cities that have ties, and ties between countries: the wider the line, the more.",
        "fa": "شهرهای دارای پیوند و پیوندهای میان کشورها: هرچه خط پهن‌تر، بیشتر.",
    },
}
"""Texts by key and language; braces stand for what a page fills in."""
