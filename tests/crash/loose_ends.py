"""A killed peer leaves connections half open on our side: that they are not closed in order is no fault here."""

from __future__ import annotations

import pytest

HALF_OPEN = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
UNRAISABLE = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
