"""What depends on time, in the form that the compiled core evaluates without Python."""
