"""Decides: pure functions over values; time is always an argument."""
