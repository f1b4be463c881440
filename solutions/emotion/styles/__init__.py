"""Emotion in comments in other right styles."""
