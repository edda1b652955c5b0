"""Prefixes, CURIEs and minted names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.names import PREFIXES, compact, expand, mint, slug

LOCAL = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters='<>"{}|^`\\'),
    max_size=30,
)


@given(st.sampled_from(sorted(PREFIXES)), LOCAL)
def test_a_curie_survives_the_way_there_and_back(prefix: str, local: str) -> None:
    """Expanding what was compacted gives the same IRI, whatever stands after the prefix."""
    iri = PREFIXES[prefix] + local
    assert expand(compact(iri)) == iri


@given(st.sampled_from(["http://example.org/", "urn:x:", "https://w3id.org/other/"]), LOCAL)
def test_an_iri_without_prefix_stands_for_itself(start: str, local: str) -> None:
    """What no prefix fits is left as it is, and is read back as it is."""
    assert compact(start + local) == start + local
    assert expand(start + local) == start + local


def test_the_longest_namespace_wins() -> None:
    """An instrument type is no actor, and an ontology term no thing under the base."""
    assert compact("https://w3id.org/comity/id/instrument-type/accord") == "instrument-type:accord"
    assert compact("https://w3id.org/comity/ontology#Action") == "comity:Action"
    assert compact("https://w3id.org/comity/ontology") == "https://w3id.org/comity/ontology"


def test_escapes_of_turtle_names_are_taken_off() -> None:
    """A prefixed name copied from a Turtle file means what it means there."""
    assert (
        expand(r"source:jukdp-2024\/data\/e") == "https://w3id.org/comity/source/jukdp-2024/data/e"
    )


@pytest.mark.parametrize("text", ["MIC", "nosuch:thing", "actor:a b", "<not an iri>", "", "a/b"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    """Labels, unknown prefixes and ill-formed IRIs are told from CURIEs."""
    with pytest.raises(UsageError):
        expand(text)


@given(st.text(min_size=1))
def test_a_slug_is_plain_or_refused(text: str) -> None:
    """Whatever it is made of, a slug can stand in an IRI and a file name; else there is none."""
    try:
        made = slug(text)
    except UsageError:
        return
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert slug(made) == made


def test_names_in_japanese_are_not_made_up() -> None:
    """The curator names what has no Latin letter; nothing is transliterated by guess."""
    with pytest.raises(UsageError, match="総務省"):
        mint("actor", "総務省")


def test_only_known_kinds_are_minted() -> None:
    """A kind that the layout has no place for gets no IRI."""
    assert mint("topic", "Open RAN") == "https://w3id.org/comity/topic/open-ran"
    with pytest.raises(UsageError, match="no such kind"):
        mint("person", "A")
