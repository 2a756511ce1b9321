import numpy


class TiedAutoencoder(object):
    """Auto-encoder with tied weights, W' = W.T (after the old Theano tutorial)"""

    def __init__(self, n_visible, n_hidden, numpy_rng=None):
        if numpy_rng is None:
            numpy_rng = numpy.random.RandomState(123)
        bound = 4 * numpy.sqrt(6. / (n_hidden + n_visible))
        self.W = numpy_rng.uniform(low=-bound, high=bound, size=(n_visible, n_hidden))
        self.bhid = numpy.zeros(n_hidden)
        self.bvis = numpy.zeros(n_visible)

    @staticmethod
    def sigmoid(a):
        return 1 / (1 + numpy.exp(-a))

    def get_hidden_values(self, x):
        return self.sigmoid(numpy.dot(x, self.W) + self.bhid)

    def get_reconstructed_input(self, hidden):
        return self.sigmoid(numpy.dot(hidden, self.W.T) + self.bvis)

    def cost_and_grads(self, x):
        y = self.get_hidden_values(x)
        z = self.get_reconstructed_input(y)
        L = -numpy.sum(x * numpy.log(z) + (1 - x) * numpy.log(1 - z), axis=1)
        cost = numpy.mean(L)
        dz = (z - x) / x.shape[0]
        dy = numpy.dot(dz, self.W) * y * (1 - y)
        gW = numpy.dot(x.T, dy) + numpy.dot(dz.T, y)
        return cost, (gW, dy.sum(axis=0), dz.sum(axis=0))
