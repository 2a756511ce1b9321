from .poisson import RegresionPoisson
from .base import ModeloLineal
