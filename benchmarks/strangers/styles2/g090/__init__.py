from .registry import get
from . import smooth, piecewise
