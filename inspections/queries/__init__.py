"""Reads that join or count for a page: a constant number of statements each."""
