"""The views: one module for each page or group of pages, one function for each page."""

from kg_api.site.page import View
from kg_api.site.views import (
    about,
    browse,
    changes,
    codebook,
    commitments,
    data,
    docs,
    home,
    network,
    pair,
    quality,
    resource,
    search,
    timeline,
    workbench,
)

# by the name that routes use
VIEWS: dict[str, View] = {
    "difference": changes.difference,
    "changes": changes.view,
    "data": data.view,
    "search": search.view,
    "timeline": timeline.view,
    "pairs": pair.listing,
    "pair": pair.view,
    "about": about.view,
    "codebook": codebook.view,
    "quality": quality.view,
    "browse": browse.view,
    "commitments": commitments.view,
    "home": home.view,
    "network": network.view,
    "docs": docs.view,
    "queries": workbench.catalogue,
    "query": workbench.named,
    "resource": resource.view,
    "workbench": workbench.view,
}
