"""A simulated estate: forty clients and two redirect servers on loopback, real sockets that break on request."""

from demo.estate.cast import Cast, Gate, Resident, crowd, shipped_cast
from demo.estate.opening import build_estate, open_estate
from demo.estate.settings import Settings
from demo.estate.states import EstateError, State
from demo.estate.uploads import Pace, open_uploads
from demo.estate.world import Estate

__all__ = [
    "Cast",
    "Estate",
    "EstateError",
    "Gate",
    "Pace",
    "Resident",
    "Settings",
    "State",
    "build_estate",
    "crowd",
    "open_estate",
    "open_uploads",
    "shipped_cast",
]
