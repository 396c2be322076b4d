"""A simulated estate: forty clients and two redirect servers on loopback, real sockets that break on request."""

from demo.estate.cast import Cast, Gate, Resident, crowd, shipped_cast
from demo.estate.states import EstateError, State
from demo.estate.world import Estate, Settings, build_estate, open_estate

__all__ = [
    "Cast",
    "Estate",
    "EstateError",
    "Gate",
    "Resident",
    "Settings",
    "State",
    "build_estate",
    "crowd",
    "open_estate",
    "shipped_cast",
]
