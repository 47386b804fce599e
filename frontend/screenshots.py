"""Screenshots of the key pages, both languages, light and dark, wide and narrow: ``make screenshots``.

They are made to be looked at; nothing compares them.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGES = {
    "front": "/",
    "browse": "/browse",
    "search": "/search?q=Mashhad",
    "city": "/page/city/mashhad",
    "tie": "/page/agreement/mashhad-gaza",
    "person": "/page/person/masoud-nosrati",
    "network": "/page/organization/uclg",
    "source": "/page/source/shabestan-1730839",
    "terms": "/ontology",
    "term": "/codebook/hasStatus",
    "query": "/sparql?query=SELECT%20%3Fa%20%3Fb%20%7B%20%3Fa%20cd%3AtwinnedWith%20%3Fb%20%7D%20LIMIT%205",
}


def main(site: str, folder: Path) -> None:
    """Write one picture of each page, language, scheme and width."""
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        for scheme, width in (("light", 1200), ("dark", 1200), ("light", 390)):
            page = browser.new_page(viewport={"width": width, "height": 1400}, color_scheme=scheme)
            for name, path in PAGES.items():
                for language in ("en", "fa"):
                    page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{name}-{language}-{scheme}-{width}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main("http://" + sys.argv[1].rstrip("/"), Path(sys.argv[2]))
