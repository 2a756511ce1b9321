import numpy as np

def sigmoid(z):
    return 1.0/(1.0+np.exp(-z))

def sigmoid_prime(z):
    """Derivative of the sigmoid function."""
    return sigmoid(z)*(1-sigmoid(z))

class MLP:
    """one hidden layer, column vectors, cross-entropy cost"""
    def __init__(self, n_in, n_hid, n_out, seed=0):
        rs = np.random.RandomState(seed)
        self.w1 = rs.randn(n_hid, n_in)
        self.b1 = rs.randn(n_hid, 1)
        self.w2 = rs.randn(n_out, n_hid)
        self.b2 = rs.randn(n_out, 1)

    def run(self, x):
        self.z1 = np.dot(self.w1, x) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.w2, self.a1) + self.b2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def cost(self, x, y):
        a = self.run(x)
        return np.sum(-y*np.log(a)-(1-y)*np.log(1-a))

    def grads(self, x, y):
        self.run(x)
        d2 = self.a2 - y          # cross entropy kills sigma'
        d1 = np.dot(self.w2.T, d2) * sigmoid_prime(self.a1)
        return {"w2": np.dot(d2, self.a1.T), "b2": d2,
                "w1": np.dot(d1, x.T), "b1": d1}
