"""Other people's programs that do comparable work, each in an environment of its own and in the same run."""
