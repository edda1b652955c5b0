"""The SPARQL text that gives what the page of commitments shows."""

from collections.abc import Iterable, Mapping

from kg.accounts import Accounts
from kg.commitments import Listing
from kg_api.site.parts.accounting import indented, term


def text(
    listing: Listing, set_: Mapping[str, str], bearers: Iterable[str], accounts: Accounts, lang: str
) -> str:
    """SPARQL that gives the commitments of the page, a row each."""
    inside, after = [], []
    for name, property_ in (
        ("bearer", "actor"), ("counterpart", "counterpart"), ("modality", "modality"),
        ("status", "status"),
    ):  # fmt: skip
        if name in set_:
            inside.append(f"?commitment comity:{property_} {term(set_[name])} .")
    if "side" in set_:
        standing = sorted(
            one
            for one in bearers
            if any(set_["side"] in accounts.countries_of(one, its) for its in accounts.sources)
        )
        inside.append(f"VALUES ?standing {{ {' '.join(map(term, standing))} }}")
        inside.append("?commitment comity:actor ?standing .")
    if "topic" in set_:
        after.append(f"?commitment comity:topic/skos:broader* {term(set_['topic'])} .")
    if "source" in set_:
        after.append(f"?passage dct:isPartOf {term(set_['source'])} .")
    if listing.as_of is not None:
        after.append("?passage dct:isPartOf/comity:date/comity:latest ?held .")
        after.append(f'FILTER(?held <= "{listing.as_of.isoformat()}"^^xsd:date)')
    due = "?commitment comity:deadline ?due ."
    if listing.filters.get("due_from") or listing.filters.get("due_to"):
        after += [due, "?due comity:earliest ?earliest ; comity:latest ?latest ."]
        if since := listing.filters.get("due_from"):
            after.append(f'FILTER(?latest >= "{since}"^^xsd:date)')
        if until := listing.filters.get("due_to"):
            after.append(f'FILTER(?earliest <= "{until}"^^xsd:date)')
    else:
        after.append(due if listing.filters.get("dated") else f"OPTIONAL {{ {due} }}")
    named = '?bearer rdfs:label ?{0} FILTER(LANG(?{0}) = "{1}")'
    own = "" if lang == "en" else f"\n  OPTIONAL {{ {named.format('own', lang)} }}"
    name = "?english" if lang == "en" else "COALESCE(?own, ?english)"
    return f"""\
SELECT ?commitment ?place ?words
  (GROUP_CONCAT(DISTINCT {name}; separator=", ") AS ?who) ?wording ?standsAs ?due
WHERE {{
  GRAPH ?passage {{
    ?passage a comity:Passage .
    ?commitment a comity:Commitment ; comity:sentence ?sentence ; comity:quote ?words ;
      comity:actor ?bearer ; comity:modality ?wording ; comity:status ?standsAs .
{indented(inside, 4)}  }}
  ?passage comity:order ?order ; comity:citationLabel ?place .
  FILTER(LANG(?place) = "en")
{indented(after, 2)}  OPTIONAL {{ {named.format("english", "en")} }}{own}
}}
GROUP BY ?commitment ?place ?words ?wording ?standsAs ?due ?order ?sentence
ORDER BY ?order ?sentence ?commitment"""
