"""Correlates: failing checks become incidents by cause."""
