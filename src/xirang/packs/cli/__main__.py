"""`python -m xirang.packs.cli`: the offline subcommands for editors and hooks."""

import sys

from xirang.packs.cli import main

sys.exit(main())
