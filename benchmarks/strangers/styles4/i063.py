import numpy as np

# Mittelwert-Pooling mit Überlappung, Format NHWC
class MittelPool:
    def __init__(self, fenster=3, schritt=2):
        self.f = fenster
        self.s = schritt

    def vorwaerts(self, x):
        N, H, B, C = x.shape
        self.form = x.shape
        hh = (H - self.f) // self.s + 1
        bb = (B - self.f) // self.s + 1
        y = np.empty((N, hh, bb, C))
        for a in range(hh):
            for b in range(bb):
                y[:, a, b, :] = x[:, a*self.s:a*self.s+self.f, b*self.s:b*self.s+self.f, :].mean(axis=(1, 2))
        return y

    def rueckwaerts(self, dy):
        dx = np.zeros(self.form)
        anteil = dy / (self.f * self.f)
        for a in range(dy.shape[1]):
            for b in range(dy.shape[2]):
                dx[:, a*self.s:a*self.s+self.f, b*self.s:b*self.s+self.f, :] += anteil[:, a:a+1, b:b+1, :]
        return dx
