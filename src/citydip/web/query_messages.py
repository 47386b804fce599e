"""What the pages of the catalogue say, in each language of the interface."""

__all__ = ["QUERY_MESSAGES"]

QUERY_MESSAGES: dict[str, dict[str, str]] = {
    "queries": {"en": "Questions", "fa": "پرسش‌ها"},
    "queries-title": {"en": "Ready questions", "fa": "پرسش‌های آماده"},
    "queries-lead": {
        "en": "Each gives a table, a figure and a citation, without a word of SPARQL; programs get the same as data.",
        "fa": "هر یک بی‌نیاز از اسپارکل جدول، تصویر و ارجاع می‌دهد؛ برنامه‌ها همان را به شکل داده می‌گیرند.",
    },
    "queries-tags": {"en": "By subject", "fa": "بر پایهٔ موضوع"},
    "queries-all": {"en": "All", "fa": "همه"},
    "queries-datable": {"en": "as of any date", "fa": "در هر تاریخ"},
    "queries-rows": {"en": "Rows {first} to {last}.", "fa": "سطرهای {first} تا {last}."},
    "queries-none": {"en": "There are no such rows.", "fa": "چنین سطری نیست."},
    "queries-beginning": {
        "en": "This is the beginning; the whole graph is in the downloads.",
        "fa": "این آغاز آن است؛ همهٔ گراف در فایل‌های بارگیری هست.",
    },
    "queries-pages": {"en": "Pages", "fa": "صفحه‌ها"},
    "queries-first": {"en": "First page", "fa": "صفحهٔ نخست"},
    "queries-prev": {"en": "Previous page", "fa": "صفحهٔ پیش"},
    "queries-next": {"en": "Next page", "fa": "صفحهٔ بعد"},
    "queries-text": {"en": "Show the query", "fa": "نمایش پرس‌وجو"},
    "queries-edit": {"en": "Open in the editor", "fa": "باز کردن در ویرایشگر"},
}
