"""Serving the site: the processes of one installation, and the port that all of them share."""
