"""Answers against what is right: compared, named and shown; for check and judge alike."""
