import numpy as np

class WordVectors:

    def __init__(self, vocab_size, dim):
        self.table = np.random.uniform(-0.5, 0.5, size=(vocab_size, dim)) / dim

    def lookup(self, ids):
        self.ids = ids          # (batch, time)
        return self.table[ids]  # (batch, time, dim)

    def grad(self, dvec):
        dtable = np.zeros_like(self.table)
        dtable[self.ids] += dvec
        return dtable
