"""What the interface says, in each of its languages."""

from citydip.web.changes_messages import CHANGES_MESSAGES
from citydip.web.editor_messages import EDITOR_MESSAGES
from citydip.web.export_messages import EXPORT_MESSAGES
from citydip.web.network_messages import NETWORK_MESSAGES
from citydip.web.problem_messages import PROBLEM_MESSAGES
from citydip.web.query_messages import QUERY_MESSAGES

__all__ = ["MESSAGES", "say"]

MESSAGES: dict[str, dict[str, str]] = {
    **CHANGES_MESSAGES,
    **EDITOR_MESSAGES,
    **EXPORT_MESSAGES,
    **NETWORK_MESSAGES,
    **PROBLEM_MESSAGES,
    **QUERY_MESSAGES,
    "tagline": {
        "en": "An open knowledge graph of city diplomacy",
        "fa": "گراف دانش باز دیپلماسی شهری",
    },
    "skip": {"en": "Skip to the content", "fa": "رفتن به متن"},
    "menu": {"en": "Main menu", "fa": "فهرست اصلی"},
    "search": {"en": "Search", "fa": "جست‌وجو"},
    "search-label": {
        "en": "A city, person, organization or event, in any script",
        "fa": "شهر، شخص، سازمان یا رویداد، به هر خط",
    },
    "search-lead": {
        "en": "Type a name in any language and spelling, or an identifier, in the field above.",
        "fa": "نامی به هر زبان و نوشتار، یا شناسه‌ای را در کادر بالا بنویسید.",
    },
    "search-none": {"en": "Nothing here goes by that name.", "fa": "چیزی به این نام در اینجا نیست."},
    "search-found": {"en": "{count} found.", "fa": "{count} مورد یافت شد."},
    "search-more": {
        "en": "More than {count} found; a longer name, or a kind or country, brings fewer.",
        "fa": "بیش از {count} مورد یافت شد؛ نامی درازتر یا گزینش نوع یا کشور شمار را کم می‌کند.",
    },
    "results": {"en": "Results", "fa": "یافته‌ها"},
    "found-by": {"en": "found by", "fa": "یافته با"},
    "previous": {"en": "Before", "fa": "پیشین"},
    "next": {"en": "More", "fa": "بیشتر"},
    "matching": {"en": "Matching tables", "fa": "تطبیق جدول‌ها"},
    "matching-lead": {
        "en": "OpenRefine and other programs match the names of a table with the things of this graph. Give them this"
        " address:",
        "fa": "اوپن‌ریفاین و برنامه‌های دیگر نام‌های یک جدول را با چیزهای این گراف تطبیق می‌دهند."
        " این نشانی را به آن‌ها بدهید:",
    },
    "matching-score": {
        "en": "Each candidate has a score from 0 to 100: up to 70 points for its name, 20 for the rest of the row, 10"
        " for its prominence. It is matched where it has 80 points and is ahead of all others. What explains it:",
        "fa": "هر نامزد امتیازی از ۰ تا ۱۰۰ دارد: تا ۷۰ برای نام، ۲۰ برای بقیهٔ ردیف و ۱۰ برای"
        " شناخته‌شدگی. با ۸۰ امتیاز و پیشی از همهٔ دیگران تطبیق می‌یابد. این نشانه‌ها آن را توضیح می‌دهند:",
    },
    "preview-names": {"en": "Also called", "fa": "نام‌های دیگر:"},
    "preview-people": {"en": "{count} inhabitants.", "fa": "{count} نفر جمعیت."},
    "preview-statements": {"en": "{count} statements here.", "fa": "{count} گزاره در اینجا."},
    "facet-kind": {"en": "By kind", "fa": "بر پایهٔ نوع"},
    "facet-country": {"en": "By country", "fa": "بر پایهٔ کشور"},
    "facet-network": {"en": "By network", "fa": "بر پایهٔ شبکه"},
    "facet-all": {"en": "Show all", "fa": "نمایش همه"},
    "facet-others": {"en": "and {count} more", "fa": "و {count} مورد دیگر"},
    "browse": {"en": "Browse", "fa": "مرور"},
    "query": {"en": "Query", "fa": "پرس‌وجو"},
    "catalogue": {"en": "Catalogue", "fa": "کاتالوگ"},
    "ontology": {"en": "Terms", "fa": "اصطلاحات"},
    "language": {"en": "Language", "fa": "زبان"},
    "data-version": {"en": "Data version", "fa": "نسخهٔ داده"},
    "triples": {
        "en": "{triples} triples in {graphs} named graphs",
        "fa": "{triples} سه‌تایی در {graphs} گراف نام‌دار",
    },
    "licences": {"en": "Each graph has its own licence", "fa": "هر گراف پروانهٔ خود را دارد"},
    "software": {"en": "Software", "fa": "نرم‌افزار"},
    "also-known": {"en": "Also written", "fa": "به نوشتارهای دیگر"},
    "facts": {"en": "At a glance", "fa": "در یک نگاه"},
    "formats": {"en": "Data of this page", "fa": "دادهٔ این صفحه"},
    "permanent": {"en": "Permanent identifier", "fa": "شناسهٔ پایدار"},
    "this-version": {"en": "this version, for ever", "fa": "همین نسخه، برای همیشه"},
    "cite": {"en": "Cite", "fa": "ارجاع"},
    "evidence": {"en": "Evidence", "fa": "شاهد"},
    "evidence-count": {"en": "Who says so ({count})", "fa": "چه کسی می‌گوید ({count})"},
    "no-quote": {"en": "no quotation", "fa": "بی نقل‌قول"},
    "says-speaker": {"en": "said by", "fa": "گفتهٔ"},
    "source": {"en": "Source", "fa": "منبع"},
    "sources": {"en": "Sources", "fa": "منابع"},
    "reported-by": {"en": "Reported by", "fa": "گزارش‌دهنده"},
    "status": {"en": "Status", "fa": "وضعیت"},
    "date": {"en": "Date", "fa": "تاریخ"},
    "with": {"en": "With", "fa": "با"},
    "kind": {"en": "Kind", "fa": "نوع"},
    "unknown": {"en": "not known", "fa": "دانسته نیست"},
    "not-known": {"en": "What is not known", "fa": "آنچه دانسته نیست"},
    "disagree": {"en": "Sources disagree", "fa": "منابع هم‌نظر نیستند"},
    "disagrees-with": {"en": "disagrees with", "fa": "ناسازگار با"},
    "proposed-only": {
        "en": "Proposed or planned, not done",
        "fa": "پیشنهاد یا برنامه، نه انجام‌شده",
    },
    "computed-facts": {"en": "Shortcuts computed from statements", "fa": "میان‌برهای محاسبه‌شده از گزاره‌ها"},
    "described": {"en": "{kind}.", "fa": "{kind}."},
    "described-in": {"en": "{kind} in {place}.", "fa": "{kind} در {place}."},
    "described-by": {
        "en": "{count} statements about it, from {sources} sources.",
        "fa": "{count} گزاره دربارهٔ آن از {sources} منبع.",
    },
    "on-side-of": {"en": "on the side of", "fa": "در سوی"},
    "cities-of-country": {"en": "Cities of {name} in the graph", "fa": "شهرهای {name} در گراف"},
    "cities-by-country": {"en": "Cities by country", "fa": "شهرها به تفکیک کشور"},
    "things": {"en": "Things", "fa": "چیزها"},
    "statements": {"en": "Statements", "fa": "گزاره‌ها"},
    "pages": {"en": "Pages", "fa": "صفحه‌ها"},
    "graphs": {"en": "Named graphs and their licences", "fa": "گراف‌های نام‌دار و پروانهٔ آن‌ها"},
    "graphs-lead": {
        "en": "Each file that people edit, each data set that was imported and each rule that computes is a graph of"
        " its own, so that a query can tell who says what. Name the licence of the graphs that you use.",
        "fa": "هر فایلی که کسی ویرایش می‌کند، هر مجموعه‌دادهٔ واردشده و هر قاعدهٔ محاسبه گرافی جداگانه است تا پرس‌وجو بداند"
        " چه کسی چه می‌گوید. پروانهٔ گراف‌هایی را که به کار می‌برید نام ببرید.",
    },
    "triples-column": {"en": "Triples", "fa": "سه‌تایی‌ها"},
    "ontology-title": {"en": "Terms of city diplomacy", "fa": "اصطلاحات دیپلماسی شهری"},
    "ontology-lead": {
        "en": "What each class, property and concept of the graph means, with an example and how often it is used.",
        "fa": "معنای هر رده، ویژگی و مفهوم گراف، با نمونه‌ای از آن و اینکه چند بار به کار رفته است.",
    },
    "classes": {"en": "Classes", "fa": "رده‌ها"},
    "properties": {"en": "Properties", "fa": "ویژگی‌ها"},
    "object-properties": {"en": "Properties that lead to things", "fa": "ویژگی‌هایی که به چیزها می‌رسند"},
    "datatype-properties": {"en": "Properties that lead to values", "fa": "ویژگی‌هایی که به مقدار می‌رسند"},
    "concepts": {"en": "Concepts", "fa": "مفهوم‌ها"},
    "annotation-properties": {"en": "Notes on terms and graphs", "fa": "یادداشت‌های اصطلاحات و گراف‌ها"},
    "class": {"en": "class", "fa": "رده"},
    "property": {"en": "property", "fa": "ویژگی"},
    "wider-than": {"en": "Wider than", "fa": "دربرگیرندهٔ"},
    "inverse-of": {"en": "Inverse of", "fa": "وارون"},
    "close-to": {"en": "Close to", "fa": "نزدیک به"},
    "origin": {"en": "Origin", "fa": "خاستگاه"},
    "anything": {"en": "anything", "fa": "هر چیزی"},
    "only-computed": {"en": "Written by the build alone.", "fa": "تنها در ساخت محاسبه می‌شود."},
    "used-column": {"en": "Use", "fa": "کاربرد"},
    "values": {"en": "Values", "fa": "مقدارها"},
    "for-things": {"en": "Of each", "fa": "برای هر"},
    "where-used": {"en": "Where it is used", "fa": "کجا به کار رفته است"},
    "properties-of": {"en": "What is said of these things", "fa": "آنچه دربارهٔ این چیزها گفته می‌شود"},
    "examples-of-use": {"en": "Examples of use", "fa": "نمونه‌هایی از کاربرد"},
    "all-of-kind": {"en": "all of them", "fa": "همهٔ آن‌ها"},
    "ask-for-them": {"en": "ask for them in SPARQL", "fa": "پرسیدن آن‌ها به اسپارکل"},
    "amount-one": {"en": "exactly one", "fa": "درست یکی"},
    "amount-some": {"en": "one or more", "fa": "یکی یا بیشتر"},
    "amount-exact": {"en": "exactly {count}", "fa": "درست {count}"},
    "amount-least": {"en": "{count} or more", "fa": "{count} یا بیشتر"},
    "amount-most": {"en": "{count} at most", "fa": "دست بالا {count}"},
    "amount-any": {"en": "any number", "fa": "به هر شمار"},
    "rule-languages": {"en": "in the languages", "fa": "به زبان‌های"},
    "rule-minInclusive": {"en": "not less than {value}", "fa": "نه کمتر از {value}"},
    "rule-maxInclusive": {"en": "not more than {value}", "fa": "نه بیشتر از {value}"},
    "rule-in": {"en": "one of", "fa": "یکی از"},
    "rule-pattern": {"en": "matching", "fa": "به الگوی"},
    "shape": {"en": "shape", "fa": "شکل"},
    "diagram": {"en": "The model in one picture", "fa": "الگو در یک نگاه"},
    "diagram-words": {
        "en": "Each kind of statement (in the middle) leads to what it is about, and to its kinds, dates and evidence."
        " What most statements have is drawn from the class of all of them.",
        "fa": "هر گونه گزاره (در میان) به آنچه دربارهٔ آن است و به نوع‌ها، تاریخ‌ها و شاهدش می‌رسد. آنچه بیشتر گزاره‌ها"
        " دارند از ردهٔ همهٔ گزاره‌ها کشیده شده است.",
    },
    "diagram-list": {"en": "The same as a list", "fa": "همین به صورت فهرست"},
    "narrower-than": {"en": "Narrower than", "fa": "زیرمجموعهٔ"},
    "said-of": {"en": "Said of", "fa": "دربارهٔ"},
    "leads-to": {"en": "Leads to", "fa": "می‌رسد به"},
    "used": {"en": "Used {count} times.", "fa": "{count} بار به کار رفته است."},
    "map-missing": {"en": "The place of {count} is not known.", "fa": "جای {count} مورد دانسته نیست."},
    "tone-done": {"en": "agreed or in force", "fa": "توافق‌شده یا برقرار"},
    "tone-open": {"en": "proposed or planned", "fa": "پیشنهاد یا برنامه"},
    "tone-said": {"en": "reported by lists", "fa": "گزارش فهرست‌ها"},
    "tone-ended": {"en": "ended or put off", "fa": "پایان‌یافته یا به‌تعویق‌افتاده"},
    "incoming": {"en": "Linked from", "fa": "پیوند از"},
    "more": {"en": "{count} in all", "fa": "روی هم {count}"},
    "first-shown": {
        "en": "The first {shown} of {count} are shown; all are in the data.",
        "fa": "{shown} مورد نخست از {count} نشان داده شده است؛ همه در داده‌ها هست.",
    },
    "outside": {"en": "Elsewhere", "fa": "در جاهای دیگر"},
    "map": {"en": "Map", "fa": "نقشه"},
    "map-caption": {
        "en": "Ties of {name}: each line joins it to a partner along the shortest way on the globe.",
        "fa": "پیوندهای {name}: هر خط آن را از کوتاه‌ترین راه روی کرهٔ زمین به طرف دیگر می‌رساند.",
    },
    "map-caption-members": {
        "en": "Members of {name} whose place is known.",
        "fa": "اعضای {name} که جایشان دانسته است.",
    },
    "circle-caption": {
        "en": "{name} and the {count} that it is tied with (round) or belongs to (square).",
        "fa": "{name} و {count} طرفی که با آن‌ها پیوند دارد (گرد) یا عضو آن‌هاست (چهارگوش).",
    },
    "circle-joined": {
        "en": "Thin lines join those that are tied with each other: {joined} pairs.",
        "fa": "خط‌های نازک آن‌هایی را به هم می‌رسانند که با یکدیگر پیوند دارند: {joined} جفت.",
    },
    "over-time": {
        "en": "Dated statements about {name} by year; each stands in the list below",
        "fa": "گزاره‌های تاریخ‌دار دربارهٔ {name} به تفکیک سال؛ هر یک در فهرست زیر آمده است",
    },
    "timeline-key": {
        "en": "A dot is a day that a source gives, a ring one on which something is only attested, a dotted line a"
        " beginning or an end that no source gives.",
        "fa": "نقطه روزی است که منبع می‌گوید، حلقه روزی که چیزی تنها در آن گواهی شده است، و خط نقطه‌چین آغاز یا پایانی"
        " که هیچ منبعی نمی‌گوید.",
    },
    "timeline-undated": {"en": "{count} have no date.", "fa": "{count} مورد تاریخ ندارد."},
    "attendance": {"en": "Participants by role", "fa": "شرکت‌کنندگان به تفکیک نقش"},
    "role": {"en": "Role", "fa": "نقش"},
    "who": {"en": "Who", "fa": "چه کسی"},
    "invited": {"en": "Invited by", "fa": "به دعوت"},
    "only-invited": {
        "en": "invited; no source says that they came",
        "fa": "دعوت‌شده؛ هیچ منبعی از حضورش نمی‌گوید",
    },
    "said-count": {
        "en": "{count} statements rest on it, in its own voice or in that of {speakers} speakers.",
        "fa": "{count} گزاره بر آن استوار است، از زبان خودش یا از زبان {speakers} گوینده.",
    },
    "members-by-year": {"en": "Members by year", "fa": "اعضا به تفکیک سال"},
    "gregorian-year": {"en": "{year}", "fa": "{year} میلادی"},
    "year-unknown": {"en": "year not known", "fa": "سال نامعلوم"},
    "said-first": {"en": "The first {shown} stand here.", "fa": "{shown} مورد نخست اینجاست."},
    "said-all": {"en": "Ask for all of them", "fa": "همه را بپرسید"},
    "source-itself": {"en": "In its own voice", "fa": "از زبان خود منبع"},
    "timeline": {"en": "Timeline", "fa": "گاه‌شمار"},
    "network": {"en": "Network of ties", "fa": "شبکهٔ پیوندها"},
    "section-ties": {"en": "Ties and agreements", "fa": "پیوندها و توافق‌ها"},
    "section-memberships": {"en": "Memberships, roles and titles", "fa": "عضویت‌ها، نقش‌ها و عنوان‌ها"},
    "section-people": {"en": "People and posts", "fa": "اشخاص و سمت‌ها"},
    "section-events": {"en": "Events, visits and invitations", "fa": "رویدادها، سفرها و دعوت‌ها"},
    "section-proposals": {"en": "Proposals and requests", "fa": "پیشنهادها و درخواست‌ها"},
    "section-claims": {"en": "What is said of it", "fa": "آنچه دربارهٔ آن گفته‌اند"},
    "section-other": {"en": "Other statements", "fa": "گزاره‌های دیگر"},
    "section-said": {"en": "What it says, by speaker", "fa": "آنچه می‌گوید، به تفکیک گوینده"},
    "calculated": {
        "en": "computed from statements by the rule {rule}",
        "fa": "محاسبه‌شده از گزاره‌ها با قاعدهٔ {rule}",
    },
    "download": {"en": "Download", "fa": "بارگیری"},
    "table-of": {"en": "as a table", "fa": "به صورت جدول"},
    "attested": {"en": "attested", "fa": "تأییدشده"},
    "one-list": {"en": "in one list", "fa": "در یک فهرست"},
    "front-title": {
        "en": "Which cities are tied to which, and who says so",
        "fa": "کدام شهر با کدام شهر پیوند دارد، و چه کسی می‌گوید",
    },
    "front-lead": {
        "en": "Agreements, memberships, visits, invitations, proposals and promises of cities and their mayors, each"
        " with its dates, its status, the phrase that proves it and the source that says it. What is only proposed is"
        " never called signed, what is unknown is left unknown, and sources that disagree stand side by side.",
        "fa": "توافق‌ها، عضویت‌ها، سفرها، دعوت‌ها، پیشنهادها و وعده‌های شهرها و شهرداران؛ هر یک با تاریخ، وضعیت،"
        " عبارتی که آن را اثبات می‌کند و منبعی که آن را می‌گوید. آنچه تنها پیشنهاد شده امضاشده خوانده نمی‌شود،"
        " ناشناخته ناشناخته می‌ماند و منابعی که با هم نمی‌خوانند کنار هم می‌آیند.",
    },
    "figures": {"en": "How big it is", "fa": "چه اندازه است"},
    "recent": {"en": "What is newest", "fa": "تازه‌ترین‌ها"},
    "recent-lead": {
        "en": "By the dates that sources give, and by those on which graphs were issued.",
        "fa": "به تاریخ‌هایی که منابع می‌گویند، و به تاریخ انتشار گراف‌ها.",
    },
    "recent-agreements": {"en": "Signed last", "fa": "آخرین امضاشده‌ها"},
    "recent-sources": {"en": "Sources published last", "fa": "آخرین منابع منتشرشده"},
    "recent-graphs": {"en": "Graphs issued last", "fa": "آخرین گراف‌های منتشرشده"},
    "recent-versions": {"en": "Versions that are kept here", "fa": "نسخه‌هایی که اینجا نگه داشته می‌شوند"},
    "this-one": {"en": "this one", "fa": "همین نسخه"},
    "ways-in": {"en": "Three ways in", "fa": "سه راه ورود"},
    "way-look": {"en": "Look", "fa": "ببینید"},
    "way-look-text": {
        "en": "Open a city and see its ties, who reports each, and what is only proposed.",
        "fa": "شهری را باز کنید و پیوندهایش را ببینید، هر یک را که گزارش می‌کند، و آنچه را تنها پیشنهاد شده است.",
    },
    "way-ask": {"en": "Ask", "fa": "بپرسید"},
    "way-ask-text": {
        "en": "Write SPARQL, or begin with one of {count} queries of the catalogue.",
        "fa": "به زبان اسپارکل بپرسید، یا با یکی از {count} پرس‌وجوی کاتالوگ آغاز کنید.",
    },
    "way-take": {"en": "Take", "fa": "ببرید"},
    "way-take-text": {
        "en": "Every page is data too: Turtle, JSON-LD and others, with the licence of each graph.",
        "fa": "هر صفحه داده نیز هست: ترتل، جی‌سان-ال‌دی و قالب‌های دیگر، با پروانهٔ هر گراف.",
    },
    "figure-statements": {"en": "statements", "fa": "گزاره"},
    "figure-quotations as evidence": {"en": "quotations as evidence", "fa": "نقل‌قول گواه"},
    "figure-cities": {"en": "cities", "fa": "شهر"},
    "figure-people": {"en": "people", "fa": "شخص"},
    "figure-organizations": {"en": "organizations", "fa": "سازمان"},
    "figure-events": {"en": "events", "fa": "رویداد"},
    "figure-agreements": {"en": "agreements", "fa": "توافق‌نامه"},
    "figure-ties": {"en": "ties reported by lists", "fa": "پیوند گزارش‌شده در فهرست‌ها"},
    "figure-sources": {"en": "sources", "fa": "منبع"},
    "from-catalogue": {"en": "From the catalogue", "fa": "از کاتالوگ"},
    "run": {"en": "Run it", "fa": "اجرا"},
    "redirected": {"en": "replaced by", "fa": "جانشین آن"},
    "retired": {"en": "This was retired.", "fa": "این مورد کنار گذاشته شده است."},
    "named-graph": {"en": "Named graph", "fa": "گراف نام‌دار"},
    "licence": {"en": "Licence", "fa": "پروانه"},
    "definition": {"en": "Definition", "fa": "تعریف"},
    "example": {"en": "Example", "fa": "نمونه"},
}
"""Texts by key and language; braces stand for what a page fills in."""


def say(key: str, language: str, **filled: object) -> str:
    """Return a text of the interface.

    Args:
        key: which; a key that is not there is shown itself, because a missing text must never fail a page.
        language: the reader's language; English where there is no text in it.
        **filled: what stands in the braces.

    Example:
        >>> say("more", "en", count=3)
        '3 in all'
    """
    texts = MESSAGES.get(key, {})
    text = texts.get(language) or texts.get("en") or key
    return text.format(**filled) if filled else text
