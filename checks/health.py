"""Judges: observations against thresholds become health and transitions."""
