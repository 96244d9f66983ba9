"""Tests of the floor of packs."""
