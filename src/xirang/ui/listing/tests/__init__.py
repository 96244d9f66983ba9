"""Tests of declared lists."""
