"""mynn - my own neural network library"""
from .net import Net
from .layers import Dense, Act

__version__ = "0.0.1"
