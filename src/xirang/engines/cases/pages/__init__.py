"""Pages of the cases engine: they translate, call one command or query, and answer."""
