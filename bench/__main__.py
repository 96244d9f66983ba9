"""`make bench` and `python -m bench`."""

import sys

from bench.run import main

try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:  # Everything that was started has been ended on the way here.
    sys.exit(130)
