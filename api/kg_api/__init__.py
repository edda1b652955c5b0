"""Comity over HTTP: SPARQL, linked data and downloads of one snapshot, read-only."""
