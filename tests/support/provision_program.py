"""`provision` as a program of this interpreter, for tests that send it signals or kill it."""

from __future__ import annotations

import sys
from typing import Final

_PROGRAM: Final = """
import signal, sys
from provisioning.cli.main import main
# A shell that starts the tests in the background has them ignore SIGINT, and children would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv[0] = "provision"
main()
"""

PROVISION: Final = (sys.executable, "-c", _PROGRAM)
"""The command without its arguments."""
