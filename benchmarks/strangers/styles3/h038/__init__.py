from .net import Network
from .layers import Dense, ReLU, Sigmoid
from .losses import mse, cross_entropy

__version__ = '0.1.0'
