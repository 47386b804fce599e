"""Which place a creative city is, where the table leaves it open: read by hand, each with the page that says so."""

from dataclasses import dataclass

__all__ = ["PLACES", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a row that has no GeoNames number.

    Args:
        country: ISO 3166-1 code in small letters.
        page: the address of the page that tells which place it is; empty where the row or the spine does.
        number: in GeoNames; empty where the spine has no such place, which then is a city without a number.
        english: its English label, where the spine has no such place.
        disputed: what another page says, in both languages; None where pages agree.
    """

    country: str
    page: str = ""
    number: str = ""
    english: str = ""
    disputed: tuple[str, str] | None = None


_CUENCA = (
    (
        "The announcement of UNESCO, as the page repeats it, has Cuenca in Ecuador; a magazine's list "
        "(wanderlustmagazine.com) has Cuenca in Spain. The announcement is followed."
    ),
    (
        "اعلام یونسکو، به نقل این صفحه، کوئنکا در اکوادور را می‌آورد و فهرست یک مجله (wanderlustmagazine.com) "
        "کوئنکا در اسپانیا را. اعلام یونسکو ملاک است."
    ),
)

PLACES: dict[tuple[str, str], Place] = {
    ("Al-Ahsa", "2015"): Place("sa", english="Al-Ahsa"),
    ("Buenaventura", "2017"): Place("co", english="Buenaventura"),
    ("Concepción", "2023"): Place(
        "cl",
        "https://cooperativa.cl/noticias/cultura/patrimonio/"
        "concepcion-fue-destacada-como-ciudad-creativa-de-la-musica-por-unesco/2023-10-31/113250.html",
        "3893894",
    ),
    ("Cuenca", "2025"): Place("ec", "https://academicnewsletter.sufe.edu.cn/info/461456", "3658666", disputed=_CUENCA),
    ("Kashan", "2025"): Place("ir", number="128476"),
    ("Manchester", "2017"): Place(
        "gb", "https://www.unesco.org.uk/news/two-uk-cities-join-prestigious-unesco-creative-cities-network/", "2643123"
    ),
    ("Nan", "2025"): Place(
        "th", "https://www.tatnews.org/2025/11/nan-and-songkhla-named-unesco-creative-cities-for-2025", english="Nan"
    ),
    ("Overstrand Hermanus", "2019"): Place("za", english="Overstrand Hermanus"),
    ("Sifnos", "2025"): Place(
        "gr",
        "https://www.griechenland.net/nachrichten/tourismus/"
        "37387-insel-sifnos-ins-unesco-netzwerk-der-kreativst%C3%A4dte-aufgenommen",
        english="Sifnos",
    ),
    ("Suphanburi", "2023"): Place(
        "th",
        "https://www.tatnews.org/2023/11/chiang-rai-and-suphan-buri-join-unesco-creative-cities-list/",
        english="Suphan Buri",
    ),
    ("Tambasasayama", "2015"): Place("jp", number="13132798"),
    ("Trinidad", "2019"): Place(
        "cu", "http://en.escambray.cu/2019/trinidad-de-cuba-one-of-unescos-66-new-creative-cities/", "3534915"
    ),
    ("Umngeni Howick", "2023"): Place(
        "za",
        "https://www.citizen.co.za/witness/news/howick-joins-unescos-creative-cities-network/",
        english="Umngeni Howick",
    ),
    ("Valencia", "2023"): Place(
        "es",
        "https://theolivepress.es/spain-news/2023/11/01/"
        "valencia-in-spain-gets-international-unesco-recognition-for-its-work-with-design",
        "2509954",
    ),
    ("Vicente Lopez", "2023"): Place("ar", number="3427505"),
    ("York", "2004-2014"): Place("gb", "https://www.cityofmediaarts.com/aboutintro", "2633352"),
}
"""By the city's name in the table and its round. Kashan, Tamba-Sasayama and Vicente López are the one place of the
name in the spine; the country of the three without page and number stands in their rows."""
