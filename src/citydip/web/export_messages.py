"""What the interface says of exports, in each of its languages."""

__all__ = ["EXPORT_MESSAGES"]

EXPORT_MESSAGES: dict[str, dict[str, str]] = {
    "exports": {"en": "Files for other tools", "fa": "پرونده‌ها برای ابزارهای دیگر"},
    "exports-lead": {
        "en": "The whole graph, its tables, the network of ties and maps of it, each as a file that other tools open. A"
        " file is made when it is first asked for, and kept for the version of the data.",
        "fa": "همهٔ گراف، جدول‌ها، شبکهٔ پیوندها و نقشه‌هایش، هر یک پرونده‌ای که ابزارهای دیگر باز می‌کنند. هر پرونده نخستین"
        " بار که خواسته شود ساخته می‌شود و برای این نسخهٔ داده می‌ماند.",
    },
    "exports-licence": {
        "en": "The graphs in a file have several licences. Name those whom each asks to be named:",
        "fa": "گراف‌های هر پرونده پروانه‌های گوناگون دارند. نام کسانی را که هر پروانه می‌خواهد ببرید:",
    },
    "exports-graphs": {"en": "{count} graphs", "fa": "{count} گراف"},
    "exports-choose": {
        "en": "A part of it, by licence, country, type, evidence or day:",
        "fa": "بخشی از آن، به پروانه، کشور، نوع، گواهی یا روز:",
    },
    "exports-graph": {"en": "The graph, for RDF tools", "fa": "گراف، برای ابزارهای RDF"},
    "exports-table": {"en": "Tables", "fa": "جدول‌ها"},
    "exports-about": {"en": "What goes with the files", "fa": "آنچه همراه پرونده‌هاست"},
    "exports-network": {"en": "The network of ties", "fa": "شبکهٔ پیوندها"},
    "exports-map": {"en": "Maps", "fa": "نقشه‌ها"},
    "exports-file": {"en": "File", "fa": "پرونده"},
    "exports-what": {"en": "What it is", "fa": "چیست"},
    "exports-tools": {"en": "Opens in, for example", "fa": "باز می‌شود مثلاً در"},
    "exports-size": {"en": "Size", "fa": "اندازه"},
    "exports-unmade": {"en": "on demand", "fa": "بنا به درخواست"},
    "exports-check": {"en": "Checksums as sha256sum reads them:", "fa": "جمع‌آزماها چنان‌که sha256sum می‌خواند:"},
    "exports-machines": {
        "en": "This list is JSON for who asks for it, and a download that stopped goes on where it was.",
        "fa": "این فهرست برای هر که بخواهد JSON است و دریافتی که قطع شد از همان‌جا ادامه می‌یابد.",
    },
}
"""Texts by key and language; braces stand for what a page fills in."""
