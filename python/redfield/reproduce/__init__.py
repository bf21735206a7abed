"""Studies of arXiv:2507.10080, from samples to figure."""
