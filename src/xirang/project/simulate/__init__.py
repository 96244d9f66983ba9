"""A month in the demo district: the cast asks, assigns, answers, forgets and complains, all by commands."""
