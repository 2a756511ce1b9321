from .two_layer_net import TwoLayerNet
