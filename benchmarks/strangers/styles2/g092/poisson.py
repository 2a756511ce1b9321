import numpy as np
from .base import ModeloLineal


class RegresionPoisson(ModeloLineal):
    def enlace_inverso(self, eta):
        return np.exp(eta)

    def _log_verosimilitud(self, eta, y):
        # sin el término log(y!), no depende de beta
        return y * eta - np.exp(eta)
