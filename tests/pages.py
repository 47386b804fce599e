"""The key pages, which are looked at, checked for accessibility and markup, and must fit a phone."""

__all__ = ["KEY_PAGES"]

KEY_PAGES = [
    "/",
    "/browse",
    "/search?q=Mashhad",
    "/page/city/mashhad",
    "/page/agreement/mashhad-gaza",
    "/page/person/masoud-nosrati",
    "/page/organization/uclg",
    "/page/source/shabestan-1730839",
    "/queries",
    "/queries/cities-of-country",
    "/ontology",
    "/ontology/properties",
    "/ontology/concepts",
    "/codebook/hasStatus",
    "/sparql?query=SELECT%20%3Fa%20%3Fb%20%7B%20%3Fa%20cd%3AtwinnedWith%20%3Fb%20%7D%20LIMIT%205",
]
