"""What the pages of errors are headed with, in each language of the interface."""

__all__ = ["PROBLEM_MESSAGES"]

PROBLEM_MESSAGES: dict[str, dict[str, str]] = {
    "problem-query-syntax": {"en": "The query has a syntax error", "fa": "پرس‌وجو خطای نحوی دارد"},
    "problem-query-timeout": {"en": "The query took too long", "fa": "پرس‌وجو بیش از اندازه طول کشید"},
    "problem-query-memory": {"en": "The query took too much memory", "fa": "پرس‌وجو بیش از اندازه حافظه خواست"},
    "problem-query-refused": {
        "en": "The query asks for something that this service does not do",
        "fa": "پرس‌وجو چیزی می‌خواهد که این سرویس انجام نمی‌دهد",
    },
    "problem-answer-cut": {"en": "The answer is too large", "fa": "پاسخ بیش از اندازه بزرگ است"},
    "problem-query-crash": {"en": "The query could not be finished", "fa": "پرس‌وجو به پایان نرسید"},
    "problem-bad-parameter": {"en": "The request cannot be understood", "fa": "درخواست فهمیده نمی‌شود"},
    "problem-not-found": {"en": "There is no such thing here", "fa": "چنین چیزی اینجا نیست"},
    "problem-query-stopped": {"en": "The query was stopped", "fa": "پرس‌وجو متوقف شد"},
    "problem-operator-only": {"en": "This is for the operator", "fa": "این برای گردانندهٔ سرویس است"},
    "problem-budget": {"en": "Your query time is used up for now", "fa": "زمان پرس‌وجوی شما فعلاً به پایان رسیده است"},
    "problem-no-export": {"en": "The export cannot be made here", "fa": "این خروجی را اینجا نمی‌توان ساخت"},
    "problem-export-in-making": {"en": "The export is being made", "fa": "خروجی در حال ساخته‌شدن است"},
    "problem-changes-in-making": {"en": "The versions are being compared", "fa": "نسخه‌ها در حال مقایسه‌اند"},
    "problem-no-changes": {"en": "The versions cannot be compared here", "fa": "این نسخه‌ها را اینجا نمی‌توان سنجید"},
    "problem-version-not-kept": {"en": "That version is not kept here", "fa": "آن نسخه اینجا نگه داشته نشده است"},
    "problem-range": {"en": "The file has no such bytes", "fa": "پرونده چنین بایت‌هایی ندارد"},
    "problem-busy": {"en": "The service is busy", "fa": "سرویس مشغول است"},
    "problem-no-index": {"en": "This version cannot be searched", "fa": "در این نسخه نمی‌توان جست‌وجو کرد"},
    "problem-store": {"en": "The store behind this service did not answer", "fa": "انبارهٔ پشت این سرویس پاسخ نداد"},
    "problem-service-failed": {
        "en": "Another service gave no answer that can be used",
        "fa": "سرویس دیگری پاسخ به‌کارآمدنی نداد",
    },
    "problem-service-timeout": {"en": "Another service took too long", "fa": "سرویس دیگری بیش از اندازه طول داد"},
    "problem-gone": {"en": "This was retired", "fa": "این مورد کنار گذاشته شده است"},
    "near": {"en": "Did you mean", "fa": "شاید این را می‌خواستید"},
    "problem-place": {"en": "Line {line}, column {column}:", "fa": "خط {line}، ستون {column}:"},
    "problem-status": {"en": "Status {status}.", "fa": "وضعیت {status}."},
    "front": {"en": "Back to the front page", "fa": "بازگشت به صفحهٔ نخست"},
}
"""Texts by key and language; braces stand for what a page fills in."""
