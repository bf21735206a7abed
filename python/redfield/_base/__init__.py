"""Records, checks, errors, tokens and stores: every other package rests on them, and none is public."""
