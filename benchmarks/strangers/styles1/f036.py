# -*- coding: utf-8 -*-
import numpy as np


class TwoLayerNet:
    def __init__(self, D_in, H, D_out):
        # Randomly initialize weights
        self.w1 = np.random.randn(D_in, H)
        self.w2 = np.random.randn(H, D_out)

    def forward(self, x):
        self.x = x
        self.h = x.dot(self.w1)
        self.h_relu = np.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(self.w2)
        return self.y_pred

    def loss(self, y):
        return np.square(self.y_pred - y).sum()

    def backward(self, y):
        # Backprop to compute gradients of w1 and w2 with respect to loss
        grad_y_pred = 2.0 * (self.y_pred - y)
        grad_w2 = self.h_relu.T.dot(grad_y_pred)
        grad_h_relu = grad_y_pred.dot(self.w2.T)
        grad_h = grad_h_relu.copy()
        grad_h[self.h < 0] = 0
        grad_w1 = self.x.T.dot(grad_h)
        return grad_w1, grad_w2


if __name__ == '__main__':
    # N is batch size; D_in is input dimension;
    # H is hidden dimension; D_out is output dimension.
    N, D_in, H, D_out = 64, 1000, 100, 10
    x = np.random.randn(N, D_in)
    y = np.random.randn(N, D_out)
    net = TwoLayerNet(D_in, H, D_out)
    learning_rate = 1e-6
    for t in range(500):
        net.forward(x)
        print(t, net.loss(y))
        g1, g2 = net.backward(y)
        net.w1 -= learning_rate * g1
        net.w2 -= learning_rate * g2
