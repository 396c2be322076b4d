"""Looks: one module per kind of look; the only part of checks that touches the network."""
