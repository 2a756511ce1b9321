"""tinynet: the smallest framework that could possibly work"""
from .modules import Linear, PReLU, Sequential
from .losses import smooth_l1

__all__ = ["Linear", "PReLU", "Sequential", "smooth_l1"]
