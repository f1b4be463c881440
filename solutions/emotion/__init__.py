"""Emotion in comments: the parts of a classifier, right and wrong."""
