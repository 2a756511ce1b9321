import numpy as np

class Sigmoid():
    def fprop(self, inputs):
        out = np.empty_like(inputs)
        pos = inputs >= 0
        out[pos] = 1. / (1. + np.exp(-inputs[pos]))
        e = np.exp(inputs[~pos])
        out[~pos] = e / (1. + e)
        self.outputs = out
        return out

    def bprop(self, grads_wrt_outputs):
        return grads_wrt_outputs * self.outputs * (1. - self.outputs)

    def __repr__(self):
        return 'SigmoidLayer'
