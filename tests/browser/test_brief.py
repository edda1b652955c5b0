"""What pages become on paper: the brief on a country pair is two pages of A4."""

import re

import pytest

from browser.conftest import Visitor

PAPERS = [("pair/japan-united-kingdom", 2, 2), ("commitments", 2, 6), ("timeline", 2, 5)]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("path", "least", "most"), PAPERS, ids=[one[0] for one in PAPERS])
def test_pages_on_paper(visitor: Visitor, path: str, least: int, most: int, lang: str) -> None:
    """Printed to a file, as many sheets as a reader expects."""
    page = visitor().go(f"/{lang}/{path}")
    printed = page.pdf(prefer_css_page_size=True, print_background=False)
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert least <= sheets <= most
