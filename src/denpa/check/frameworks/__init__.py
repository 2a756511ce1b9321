"""Denpa and PyTorch through one face; which of them code is of."""
