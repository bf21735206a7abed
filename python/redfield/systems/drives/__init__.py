"""Operators and functions of time, in the form that the compiled core evaluates without Python."""
