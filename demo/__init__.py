"""Explains itself: the embedded chat and the simulated estate; used only when there is no token."""
