"""Temporal relations: the parts of a classifier of links, right and wrong."""
