"""Records, checks, errors, tokens and stores: what every other package rests on, and no part of the public interface."""
