"""Tests of the face; none of them needs a database."""
