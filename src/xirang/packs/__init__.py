"""Packs: applications that are folders of data; checking them needs neither a database nor Django."""
