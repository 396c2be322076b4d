"""The catalogue of alerts as one table."""
