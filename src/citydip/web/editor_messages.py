"""What the query page says, in each language of the interface; keys that begin with ``q-`` are for its scripts."""

__all__ = ["EDITOR_MESSAGES"]

EDITOR_MESSAGES: dict[str, dict[str, str]] = {
    "query-title": {"en": "Ask the graph", "fa": "از گراف بپرسید"},
    "query-lead": {
        "en": "Write SPARQL, or begin with an example. Prefixes such as cd: and city: need no PREFIX line here.",
        "fa": "به زبان اسپارکل بپرسید یا با نمونه‌ای آغاز کنید. پیشوندهایی مانند cd: و city: در اینجا"
        " نیازی به سطر PREFIX ندارند.",
    },
    "examples": {"en": "Examples ({count})", "fa": "نمونه‌ها ({count})"},
    "find-example": {"en": "Find an example", "fa": "یافتن نمونه"},
    "sparql-label": {"en": "SPARQL query", "fa": "پرس‌وجوی اسپارکل"},
    "parameters": {"en": "Parameters", "fa": "پارامترها"},
    "fill-in": {"en": "Fill in", "fa": "جای‌گذاری"},
    "run-query": {"en": "Run", "fa": "اجرا"},
    "stop-query": {"en": "Stop", "fa": "توقف"},
    "result": {"en": "Result", "fa": "نتیجه"},
    "yes": {"en": "Yes", "fa": "آری"},
    "no": {"en": "No", "fa": "نه"},
    "row-count": {"en": "Rows: {count}.", "fa": "سطرها: {count}."},
    "rows-shown": {
        "en": "The first {count} are shown; all are in the downloads.",
        "fa": "{count} سطر نخست نشان داده شده است؛ همه در فایل‌های بارگیری هست.",
    },
    "was-cut": {
        "en": "There are more than that: this is where the limit of an answer is.",
        "fa": "بیش از این هست: حد اندازهٔ پاسخ اینجاست.",
    },
    "download-as": {"en": "Download as", "fa": "بارگیری به قالب"},
    "standard-query": {"en": "Show the standard query", "fa": "نمایش پرس‌وجوی استاندارد"},
    "with-scripts": {
        "en": "Where scripts run, results show as maps, networks, timelines and charts too.",
        "fa": "با اجرای اسکریپت، نتیجه به شکل نقشه، شبکه، گاه‌شمار و نمودار نیز نشان داده می‌شود.",
    },
    "suggestions": {"en": "Suggestions", "fa": "پیشنهادها"},
    "q-running": {
        "en": "Running, {seconds} s of at most {limit}",
        "fa": "در حال اجرا، {seconds} ثانیه از حداکثر {limit}",
    },
    "q-done": {"en": "Rows: {count}. Time: {seconds} s", "fa": "سطرها: {count}. زمان: {seconds} ثانیه"},
    "q-done-graph": {"en": "Triples: {count}. Time: {seconds} s", "fa": "سه‌تایی‌ها: {count}. زمان: {seconds} ثانیه"},
    "q-done-truth": {"en": "Time: {seconds} s", "fa": "زمان: {seconds} ثانیه"},
    "q-stopped": {"en": "Stopped.", "fa": "متوقف شد."},
    "q-failed": {
        "en": "The service could not be reached. Try again.",
        "fa": "به سرویس دسترسی نشد. دوباره تلاش کنید.",
    },
    "q-line": {"en": "Line {line}, column {column}", "fa": "سطر {line}، ستون {column}"},
    "q-cut": {
        "en": "This is not all: the limit of an answer is here, after {rows} rows.",
        "fa": "این همهٔ پاسخ نیست: حد اندازهٔ پاسخ اینجاست، پس از {rows} سطر.",
    },
    "q-next": {"en": "The next part", "fa": "بخش بعدی"},
    "q-cut-how": {
        "en": "For all of it, ask for parts with ORDER BY, LIMIT and OFFSET.",
        "fa": "برای همهٔ آن، با ORDER BY و LIMIT و OFFSET بخش‌به‌بخش بپرسید.",
    },
    "q-table": {"en": "Table", "fa": "جدول"},
    "q-map": {"en": "Map", "fa": "نقشه"},
    "q-network": {"en": "Network", "fa": "شبکه"},
    "q-timeline": {"en": "Timeline", "fa": "گاه‌شمار"},
    "q-chart": {"en": "Chart", "fa": "نمودار"},
    "q-views": {"en": "Views of the result", "fa": "نماهای نتیجه"},
    "q-filter": {"en": "Filter rows", "fa": "پالایش سطرها"},
    "q-names": {"en": "Names instead of IRIs", "fa": "نام به جای شناسه"},
    "q-copy": {"en": "Copy", "fa": "رونوشت"},
    "q-copied": {"en": "Copied", "fa": "رونوشت شد"},
    "q-copy-table": {"en": "Copy the table", "fa": "رونوشت جدول"},
    "q-more-rows": {"en": "Show {count} more", "fa": "نمایش {count} سطر دیگر"},
    "q-no-rows": {"en": "Nothing answers to this.", "fa": "چیزی با این پرسش نمی‌خواند."},
    "q-no-map": {
        "en": "For a map, select a point (geo:asWKT) or cities that have one; two in a row make a line.",
        "fa": "برای نقشه، نقطه‌ای (geo:asWKT) یا شهری را برگزینید که نقطه دارد؛ دو مورد در هر سطر یک خط می‌سازد.",
    },
    "q-no-network": {
        "en": "For a network, select two things in each row, or construct a graph.",
        "fa": "برای شبکه، در هر سطر دو چیز را برگزینید یا گرافی بسازید.",
    },
    "q-no-timeline": {
        "en": "For a timeline, select a date such as cd:earliestDay.",
        "fa": "برای گاه‌شمار، تاریخی مانند cd:earliestDay را برگزینید.",
    },
    "q-no-chart": {
        "en": "For a chart, select a name and a number.",
        "fa": "برای نمودار، یک نام و یک عدد را برگزینید.",
    },
    "q-part": {"en": "{shown} of {count} are drawn.", "fa": "{shown} مورد از {count} رسم شده است."},
    "q-as-list": {"en": "The same as a list", "fa": "همان به شکل فهرست"},
    "q-bigger": {"en": "Bigger", "fa": "بزرگ‌تر"},
    "q-smaller": {"en": "Smaller", "fa": "کوچک‌تر"},
    "q-whole": {"en": "Whole", "fa": "همه"},
    "q-download": {"en": "Download", "fa": "بارگیری"},
    "q-permalink": {
        "en": "Permanent link to this query on this version of the data",
        "fa": "پیوند پایدار به همین پرس‌وجو روی همین نسخهٔ داده",
    },
    "q-too-long": {
        "en": "The query is too long for an address; keep it as a file.",
        "fa": "پرس‌وجو برای نشانی بلند است؛ آن را در فایلی نگه دارید.",
    },
    "q-code": {"en": "This query in a program", "fa": "همین پرس‌وجو در برنامه"},
    "q-editor-help": {
        "en": "Ctrl+Enter runs the query, Ctrl+Space completes what is being typed.",
        "fa": "Ctrl+Enter پرس‌وجو را اجرا و Ctrl+Space نوشته را کامل می‌کند.",
    },
    "q-completions": {"en": "Completions", "fa": "گزینه‌های تکمیل"},
    "q-format": {"en": "Tidy", "fa": "مرتب کردن"},
    "q-no-fit": {
        "en": "{place}: “{found}” does not fit here. What fits: {some}",
        "fa": "{place}: «{found}» اینجا نمی‌خواند. آنچه می‌خواند: {some}",
    },
    "q-no-more": {
        "en": "{place}: the query ends before “{found}”.",
        "fa": "{place}: پرس‌وجو پیش از «{found}» پایان یافته است.",
    },
    "q-no-prefix": {
        "en": "{place}: the prefix {prefix} is not known. Declare it with PREFIX.",
        "fa": "{place}: پیشوند {prefix} شناخته نیست. آن را با PREFIX تعریف کنید.",
    },
    "q-class": {"en": "class", "fa": "رده"},
    "q-property": {"en": "property", "fa": "ویژگی"},
    "q-concept": {"en": "concept", "fa": "مفهوم"},
    "q-yes": {"en": "Yes", "fa": "آری"},
    "q-no": {"en": "No", "fa": "نه"},
    "q-subject": {"en": "Subject", "fa": "نهاد"},
    "q-predicate": {"en": "Property", "fa": "ویژگی"},
    "q-object": {"en": "Object", "fa": "مقدار"},
}
"""Texts by key and language; braces stand for what is filled in."""
