"""Xirang (息壤): the ground on which a district's public service grows."""

__version__ = "0.1.0"
