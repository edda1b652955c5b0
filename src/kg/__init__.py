"""Comity: a knowledge graph of bilateral digital cooperation, as a library."""
