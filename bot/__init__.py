"""Runs: start-up, schedule, prober, delivery, server; everything that touches the world."""
