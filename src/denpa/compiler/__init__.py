"""The compiler: a whole training step, traced once, as one native program."""
