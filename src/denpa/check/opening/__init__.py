"""From FILE:NAME on the command line to a subject."""
