from .layers import Layer_Dense
