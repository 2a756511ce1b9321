"""Denpa and PyTorch through one face, so that one kind of subject serves for both.

Read `base` first: the few words that a check speaks. `engine` is Denpa's own, `pytorch` PyTorch;
`known` tells which of them code is of, and loads neither before code of its own was.
"""
