"""Reacts: what happens when facts, time, commands or button presses arrive."""
