"""Tests of the composition: launcher, supervisor, command line, backup."""
