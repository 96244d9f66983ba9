"""Checking a pack: every file read, every declaration proven, every scenario told."""
