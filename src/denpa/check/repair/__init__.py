"""Mistakes undone in the code: small changes of its source, tried one after the other."""
