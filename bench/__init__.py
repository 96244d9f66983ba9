"""Measurements that the documents quote: each prints the machine, the figure, the target and whether it was met."""
