"""Parity with PyTorch: the same call in both libraries, everything a user can see compared."""
