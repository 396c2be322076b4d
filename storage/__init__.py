"""Remembers: the database, one file per noun; the only home of SQL."""
