"""Can we prove it? Append-only records of what every command did, written in the command's own transaction."""
