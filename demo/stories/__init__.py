"""Replays of the true stories on a clock of their own: the product as wired, a script in place of the world."""
