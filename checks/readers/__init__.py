"""Reads: files and texts from outside into values; never raises on what a stranger sent."""
