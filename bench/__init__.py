"""Measures what the design promises; prints figures, judges nothing."""
